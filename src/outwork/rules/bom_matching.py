"""Which parts of ours a bill of materials file means, and which parts have to be made for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from outwork.rules.bomfile.designators import natural_key
from outwork.rules.bomfile.marks import sameness
from outwork.rules.bomfile.normal import Alternate, BomLine, Offer
from outwork.rules.refusals import Reasons, declare

declare(
    bom_part_ambiguous="Rows {rows}: {what} may be {found}; give the file our part number",
)
# Warnings: the file was understood, and somebody should look.
declare(
    bom_mpn_of_other_maker="{mpn} is known from {known}; {maker} was taken for another manufacturer, and a part was made",
    bom_number_not_ours="{part} was found by {way}; the file's own number for it is {number}",
    bom_mpn_is_our_number="{mpn} is no manufacturer part number we know, but our number of {part}: that part was taken",
    bom_mpn_new_for_part="{part} was found by {way}; the file's {mpn} is not among its manufacturer part numbers",
    bom_maker_added="{mpn} of {maker} was added to {part}, which had no manufacturer part number",
    bom_part_inactive="{part} is not active any more",
    bom_mpn_without_maker="{count} part numbers come without a manufacturer and are kept as names only: {mpns}",
)

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 250
# Stands in a BOM where a file says too little to tell which part it means.
NOT_SPECIFIED = "Part not specified"


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part as it stands in the catalogue."""

    id: int
    number: str
    name: str
    description: str
    is_active: bool = True
    is_trackable: bool = False

    @property
    def label(self) -> str:
        """How people name it."""
        return self.number or self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All parts, and how manufacturers and suppliers call them: (part id, company, number)."""

    parts: Sequence[KnownPart]
    mpns: Sequence[tuple[int, str, str]]
    skus: Sequence[tuple[int, str, str]]


@dataclass(eq=False, slots=True)
class NewPart:
    """A part that has to be made, with what makers and suppliers call it; `row` is the first that names it."""

    name: str
    number: str
    description: str
    link: str
    row: int
    makers: list[Alternate] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    is_specified: bool = True


PartRef = KnownPart | NewPart


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the file with its part, and the parts that may stand in for it."""

    line: BomLine
    part: PartRef
    substitutes: tuple[PartRef, ...] = ()


@dataclass(slots=True)
class Matching:
    """What a file means: its lines with their parts, what is new, what was learned of parts that stand."""

    placed: list[Placed] = field(default_factory=list)
    new: list[NewPart] = field(default_factory=list)
    learned: list[tuple[KnownPart, Alternate]] = field(default_factory=list)
    matched: dict[int, KnownPart] = field(default_factory=dict)
    warnings: Reasons = field(default_factory=Reasons)
    reasons: Reasons = field(default_factory=Reasons)


def match(lines: Sequence[BomLine], catalogue: Catalogue) -> Matching:
    """Find the part of each line: by our number, else by manufacturer part number (or our number in its place), else by SKU, else by its words.

    Case, blanks and kinds of dash make no difference. Several parts that fit are a reason to refuse
    (bom_part_ambiguous), not a guess. All do-not-fit lines that name no part become one line.
    """
    matcher = _Matcher(catalogue)
    for line in _unnamed_together(lines):
        part = matcher.part_of(line)
        substitutes = () if line.internal_number else tuple(matcher.alternates_of(line))
        matcher.matching.placed.append(Placed(line, part, tuple(one for one in substitutes if one is not part)))
    matcher.say_what_is_odd()
    return matcher.matching


def _unnamed_together(lines: Sequence[BomLine]) -> list[BomLine]:
    empty = [line for line in lines if line.do_not_fit and not line.names_part]
    if len(empty) < 2:
        return list(lines)
    together = BomLine(
        identity=(),
        do_not_fit=True,
        designators=tuple(sorted((name for line in empty for name in line.designators), key=natural_key)),
        quantity=sum((line.quantity for line in empty[1:]), empty[0].quantity),
        rows=tuple(row for line in empty for row in line.rows),
    )
    kept = [line for line in lines if line is empty[0] or not (line.do_not_fit and not line.names_part)]
    return [together if line is empty[0] else line for line in kept]


class _Matcher:
    def __init__(self, catalogue: Catalogue) -> None:
        self.matching = Matching()
        self.parts = {part.id: part for part in catalogue.parts}
        self.by_number: dict[str, list[KnownPart]] = defaultdict(list)
        self.by_name: dict[str, list[KnownPart]] = defaultdict(list)
        self.taken: set[tuple[str, str]] = set()
        for part in catalogue.parts:
            if part.number:
                self.by_number[sameness(part.number)].append(part)
            self.by_name[sameness(part.name)].append(part)
            self.taken.add((part.name, part.number))
        self.by_mpn: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.mpns_of: dict[int, set[str]] = defaultdict(set)
        for pk, maker, mpn in catalogue.mpns:
            self.by_mpn[sameness(mpn)].append((pk, maker))
            self.mpns_of[pk].add(sameness(mpn))
        self.by_sku: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for pk, supplier, sku in catalogue.skus:
            self.by_sku[sameness(sku)].append((pk, sameness(supplier)))
        self.found: dict[tuple[str, ...], PartRef] = {}
        self.without_maker: dict[str, None] = {}

    def part_of(self, line: BomLine) -> PartRef:
        """The part of a line, the same for every line of the same identity."""
        part = self.found.get(line.identity)
        if part is None:
            known = self._find(line) if line.names_part else self._not_specified()
            part = self._use(known) if known else self._make(line)
            self.found[line.identity] = part
        return part

    def alternates_of(self, line: BomLine) -> list[PartRef]:
        """The parts that may be fitted instead."""
        refs = []
        for other in line.alternates:
            identity = ("mpn", sameness(other.manufacturer), sameness(other.mpn))
            as_line = BomLine(
                identity=identity,
                do_not_fit=line.do_not_fit,
                designators=(),
                quantity=line.quantity,
                rows=line.rows,
                manufacturer=other.manufacturer,
                mpn=other.mpn,
                description=line.part_description,
            )
            refs.append(self.part_of(as_line))
        return list(dict.fromkeys(refs))

    def say_what_is_odd(self) -> None:
        """Warn of what concerns the file as a whole."""
        if self.without_maker:
            mpns = list(self.without_maker)
            self.matching.warnings.add("bom_mpn_without_maker", count=len(mpns), mpns=mpns)

    def _use(self, part: KnownPart) -> KnownPart:
        if part.id not in self.matching.matched and not part.is_active:
            self.matching.warnings.add("bom_part_inactive", part=part.label)
        self.matching.matched[part.id] = part
        return part

    def _find(self, line: BomLine) -> KnownPart | None:
        if line.internal_number:
            found = self.by_number.get(sameness(line.internal_number), [])
            if part := self._only(found, line, line.internal_number):
                self._learn(part, line, way=line.internal_number)
                return part
        if line.mpn and (part := self._by_mpn(line)):
            self._compare_number(part, line, way=line.mpn)
            return part
        if part := self._by_sku(line):
            self._compare_number(part, line, way=line.offers[0].sku)
            self._learn(part, line, way=line.offers[0].sku)
            return part
        return None if line.internal_number or line.mpn else self._by_words(line)

    def _by_mpn(self, line: BomLine) -> KnownPart | None:
        known = self.by_mpn.get(sameness(line.mpn), [])
        maker = sameness(line.manufacturer)
        same = [self.parts[pk] for pk, by in known if not maker or sameness(by) == maker]
        if same:
            return self._only(same, line, line.mpn)
        if known:
            makers = sorted({by for _, by in known})
            self.matching.warnings.add("bom_mpn_of_other_maker", mpn=line.mpn, known=makers, maker=line.manufacturer)
            return None
        named = [part for part in self.by_name.get(sameness(line.mpn), []) if not self.mpns_of[part.id]]
        part = self._only(named, line, line.mpn)
        if part:
            self._learn(part, line, way=line.mpn)
            return part
        return self._by_number_as_mpn(line)

    def _by_number_as_mpn(self, line: BomLine) -> KnownPart | None:
        """The one active part whose own number stands where the file has its manufacturer part numbers."""
        numbered = [part for part in self.by_number.get(sameness(line.mpn), []) if part.is_active]
        if len(numbered) != 1:
            return None
        self.matching.warnings.add("bom_mpn_is_our_number", part=numbered[0].label, mpn=line.mpn)
        return numbered[0]

    def _by_sku(self, line: BomLine) -> KnownPart | None:
        for offer in line.offers:
            supplier = sameness(offer.supplier)
            known = self.by_sku.get(sameness(offer.sku), [])
            same = [self.parts[pk] for pk, by in known if not supplier or by == supplier]
            if part := self._only(same, line, offer.sku):
                return part
        return None

    def _by_words(self, line: BomLine) -> KnownPart | None:
        """A part without number that was made from the same words."""
        description = sameness(_description(line))
        for name in _names(line)[:3]:
            named = [part for part in self.by_name.get(sameness(name), []) if not part.number]
            same = [part for part in named if sameness(part.description) == description]
            if part := self._only(same, line, name):
                return part
        return None

    def _only(self, found: Iterable[KnownPart], line: BomLine, what: str) -> KnownPart | None:
        parts = list({part.id: part for part in found}.values())
        active = [part for part in parts if part.is_active] or parts
        if len(active) > 1:
            rows, labels = list(line.rows), [f"{part.label} (#{part.id})" for part in active]
            self.matching.reasons.add(
                "bom_part_ambiguous", rows=rows, what=what, found=labels, where=("rows", line.rows[0])
            )
        return active[0] if active else None

    def _compare_number(self, part: KnownPart, line: BomLine, *, way: str) -> None:
        if line.internal_number and sameness(part.number) != sameness(line.internal_number):
            self.matching.warnings.add("bom_number_not_ours", part=part.label, way=way, number=line.internal_number)

    def _learn(self, part: KnownPart, line: BomLine, *, way: str) -> None:
        """A part without manufacturer part number gets the file's; one with others keeps them."""
        if not line.mpn or sameness(line.mpn) in self.mpns_of[part.id]:
            return
        if self.mpns_of[part.id]:
            self.matching.warnings.add("bom_mpn_new_for_part", part=part.label, way=way, mpn=line.mpn)
        elif line.manufacturer:
            self.mpns_of[part.id].add(sameness(line.mpn))
            self.matching.learned.append((part, Alternate(line.manufacturer, line.mpn)))
            self.matching.warnings.add("bom_maker_added", mpn=line.mpn, maker=line.manufacturer, part=part.label)

    def _not_specified(self) -> KnownPart | None:
        return next((part for part in self.by_name.get(sameness(NOT_SPECIFIED), []) if not part.number), None)

    def _make(self, line: BomLine) -> NewPart:
        if not line.names_part:
            part = NewPart(NOT_SPECIFIED, "", "", "", line.rows[0], is_specified=False)
        else:
            name = self._free_name(line)
            link = line.datasheet if line.datasheet.startswith(("http://", "https://")) else ""
            part = NewPart(name, line.internal_number, _description(line), link, line.rows[0])
            numbers = [Alternate(line.manufacturer, line.mpn)] if line.mpn else []
            numbers += line.alternates if line.internal_number else ()
            part.makers = [one for one in dict.fromkeys(numbers) if one.manufacturer]
            self.without_maker |= {one.mpn: None for one in numbers if not one.manufacturer}
            part.offers = [offer for offer in line.offers if offer.supplier]
        self.taken.add((part.name, part.number))
        self.matching.new.append(part)
        return part

    def _free_name(self, line: BomLine) -> str:
        names = _names(line)
        free = next((name for name in names if (name, line.internal_number) not in self.taken), None)
        counter = 2
        while free is None:
            ending = f" ({counter})"
            name = names[0][: NAME_LENGTH - len(ending)].rstrip() + ending
            free = name if (name, line.internal_number) not in self.taken else None
            counter += 1
        return free


def _names(line: BomLine) -> list[str]:
    """What the part may be called: as the file says, with the maker, with the description."""
    name = line.part_name or line.offers[0].sku
    more = [f"{name} {line.manufacturer}" if line.manufacturer else "", f"{name}, {line.part_description}"]
    return [name, *(text[:NAME_LENGTH].strip() for text in more if text.strip(", "))]


def _description(line: BomLine) -> str:
    return line.part_description[:DESCRIPTION_LENGTH].strip()
