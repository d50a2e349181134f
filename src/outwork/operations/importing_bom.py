"""Make the BOM of an assembly from a file: find the parts that are known, make the missing ones, place the lines."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from outwork.ledger import rows as bulk
from outwork.models import BomLine, BomSubstitute, Company, ManufacturerPart, Part, SupplierPart, User
from outwork.operations.following_bom import follow_pending
from outwork.operations.master_data.locking import require_unlocked_bom
from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.writing import check_new, delete, insert, lock_master_data
from outwork.operations.recording import Done, operation, record
from outwork.queries.catalogue import catalogue, companies_by_name
from outwork.queries.settings import get
from outwork.rules.bom_matching import Matching, NewPart, PartRef, Placed, match
from outwork.rules.bomfile import BomFile, counts, grouped
from outwork.rules.bomfile.marks import sameness
from outwork.rules.bomfile.readers import not_too_many
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reason, Refusal, declare, refuse

declare(
    assembly_ambiguous="{name} may be {found}: name the assembly by its part number",
    assembly_name_missing="The import needs the name of the assembly",
    import_into_no_assembly="{part} is not an assembly: make it one before its BOM is imported",
    bom_exists=(
        "{part} has a BOM of {standing} lines, and the file is another: {new} lines would be new, {changed} changed and "
        "{gone} gone; import with replace (--replace) to do that"
    ),
    bom_company_now_manufacturer="{company} is marked as a manufacturer now",
    bom_company_now_supplier="{company} is marked as a supplier now",
    bom_unchanged="{part} has exactly this BOM already",
)

NOTE_LENGTH = 500
_COMPARED = ("position", "quantity", "designators", "note")


@operation
def import_bom(
    *,
    assembly: str,
    bom_file: BomFile,
    actor: User,
    at: datetime.datetime,
    replace: bool = False,
    key: str | None = None,
) -> Done:
    """Give an assembly the BOM that a file says; `ids` holds the assembly, which is made if nobody has that name.

    Parts are found by our number, manufacturer part number (and manufacturer, where the file has one) or SKU;
    what is missing is made: parts, manufacturers, suppliers and their numbers. A BOM that stands is left as it is
    if it is the same, refused if it is another, and followed line by line with `replace`: a line for the same part
    keeps its attrition, set-up and substitutes. `data` holds the counts, `lines` and `placements` in the file's own
    grain. Refuses assembly_ambiguous, import_into_no_assembly, bom_exists, bom_part_ambiguous, bom_cycle, bom_locked,
    and what a new part or line refuses, each with its rows.
    """
    lock_master_data()
    known = catalogue()
    matching = match(grouped(bom_file), known.for_matching)
    top = _assembly(assembly, known.parts)
    matching.reasons.raise_any()

    job = _Import(at, matching)
    job.make_companies()
    top = top or job.make_assembly(assembly.strip())
    job.make_parts()
    outcome = job.place(top, replace=replace)

    warnings = [*not_too_many([*bom_file.warnings, *matching.warnings.found, *job.warnings]), *outcome.said]
    data = {
        "assembly": top.label,
        **counts(bom_file),
        "bom_lines": len(matching.placed),
        "created_parts": len(matching.new),
        "matched_parts": len(matching.matched),
        "warnings": [_plain(warning) for warning in warnings],
    }
    kept = {**data, "file": bom_file.name, "new": outcome.new, "changed": outcome.changed, "gone": outcome.gone}
    kept |= {name: as_text(value) for name, value in kept.items() if isinstance(value, Decimal)}
    event = record("bom.imported", top, actor=actor, at=at, data=kept | {"warnings": len(warnings)})
    if outcome.new or outcome.changed or outcome.gone:
        follow_pending({top.pk}, event)
    return Done(event.pk, [top.pk], data=data)


def try_import(**request: Any) -> dict[str, Any]:
    """What `import_bom` would answer; refuses as it does, and leaves nothing behind."""
    with transaction.atomic():
        done = import_bom(**request)
        transaction.set_rollback(True)
    return done.data


def _assembly(name: str, parts: Iterable[Part]) -> Part | None:
    """The part of that number, number and revision, or name."""
    text = name.strip()
    if not text:
        refuse("assembly_name_missing", where=("assembly",))
    standing = list(parts)
    ways: Sequence[Callable[[Part], str | None]] = (
        lambda part: part.number_key,
        lambda part: part.number,
        lambda part: part.name,
    )
    for way in ways:
        found = [part for part in standing if way(part) == text]
        if len(found) > 1:
            labels = [f"{part.label} {part.revision} (#{part.pk})".replace("  ", " ") for part in found]
            refuse("assembly_ambiguous", name=text, found=labels, where=("assembly",))
        if found:
            if not found[0].is_assembly:
                refuse("import_into_no_assembly", part=found[0].label, where=("assembly",))
            return found[0]
    return None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How many lines became what."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    said: tuple[Reason, ...] = ()


class _Import:
    """One import under way: what was made so far, and the ids that it got."""

    def __init__(self, at: datetime.datetime, matching: Matching) -> None:
        self.at = at
        self.matching = matching
        self.companies: dict[str, int] = {}
        self.part_ids: dict[int, int] = {}  # by id() of the new part
        self.warnings: list[Reason] = []

    def make_companies(self) -> None:
        """Make the manufacturers and suppliers that nobody knows, and mark known ones as what they are."""
        makers = [other.manufacturer for part in self.matching.new for other in part.makers]
        makers += [other.manufacturer for _, other in self.matching.learned]
        sellers = [offer.supplier for part in self.matching.new for offer in part.offers]
        standing = companies_by_name()
        wanted: dict[str, dict[str, Any]] = {}
        turned: dict[int, Company] = {}
        currency = get("BASE_CURRENCY")
        for names, flag in ((makers, "is_manufacturer"), (sellers, "is_supplier")):
            for name in names:
                company = standing.get(sameness(name))
                if company is None:
                    row = {"name": name, "currency": currency, "is_supplier": False}
                    wanted.setdefault(sameness(name), row)[flag] = True
                elif not getattr(company, flag):
                    setattr(company, flag, True)
                    turned[company.pk] = company
                    said = "bom_company_now_" + flag.removeprefix("is_")
                    self.warnings.append(Reason(said, {"company": company.name}))
        flags = ("is_manufacturer", "is_supplier")
        bulk.update(Company, flags, [(pk, one.is_manufacturer, one.is_supplier) for pk, one in turned.items()])
        self.companies = {name: company.pk for name, company in standing.items()}
        ids = self._make(Company, list(wanted.values()), [()] * len(wanted))
        self.companies |= dict(zip(wanted, ids, strict=True))

    def make_assembly(self, name: str) -> Part:
        """Make the assembly: one that is bought from whoever builds it."""
        (pk,) = self._make(Part, [{"name": name, "is_assembly": True}], [("assembly",)])
        return Part(pk=pk, name=name, is_assembly=True)

    def make_parts(self) -> None:
        """Make the missing parts, and what manufacturers and suppliers call them."""
        new = self.matching.new
        rows = [
            {
                "name": part.name,
                "number": part.number,
                "description": part.description,
                "link": part.link,
                "is_purchaseable": part.is_specified,
            }
            for part in new
        ]
        ids = self._make(Part, rows, [("rows", part.row) for part in new])
        self.part_ids = {id(part): pk for part, pk in zip(new, ids, strict=True)}
        first_numbers = self._make_numbers()
        offers = _once(
            [(part, offer) for part in new for offer in part.offers],
            lambda pair: (id(pair[0]), sameness(pair[1].supplier), pair[1].sku),
        )
        sold = [
            {
                "part": self._id(part),
                "supplier": self.companies[sameness(offer.supplier)],
                "sku": offer.sku,
                "manufacturer_part": first_numbers.get(self._id(part)),
            }
            for part, offer in offers
        ]
        self._make(SupplierPart, sold, [("rows", part.row) for part, _ in offers])

    def _make_numbers(self) -> dict[int, int]:
        """What manufacturers call the parts; gives the first number's id for each part."""
        numbers: list[tuple[PartRef, Any, int]] = [
            (part, other, part.row) for part in self.matching.new for other in part.makers
        ]
        numbers += [(part, other, 0) for part, other in self.matching.learned]
        rows = [
            {"part": self._id(part), "manufacturer": self.companies[sameness(other.manufacturer)], "mpn": other.mpn}
            for part, other, _ in numbers
        ]
        ids = self._make(ManufacturerPart, rows, [("rows", row) for _, _, row in numbers])
        return {row["part"]: pk for row, pk in reversed(list(zip(rows, ids, strict=True)))}

    def place(self, top: Part, *, replace: bool) -> _Outcome:
        """Give the assembly its lines: new ones, changed ones, and those that are gone."""
        standing = list(BomLine.objects.filter(assembly=top).order_by("position", "pk"))
        fresh, kept, gone = self._compare(standing)
        changed = [(line, values) for line, values in kept if any(getattr(line, n) != v for n, v in values.items())]
        if not fresh and not changed and not gone:
            self._place_substitutes({}, kept)
            return _Outcome(said=(Reason("bom_unchanged", {"part": top.label}),) if standing else ())
        if standing and not replace:
            numbers = {"new": len(fresh), "changed": len(changed), "gone": len(gone)}
            refuse("bom_exists", part=top.label, standing=len(standing), **numbers, where=("assembly",))
        require_unlocked_bom(top, where=("assembly",))
        delete(NOUNS[BomLine], gone)
        bulk.update(BomLine, _COMPARED, [(line.pk, *(values[name] for name in _COMPARED)) for line, values in changed])
        rows = [
            {"assembly": top.pk, "part": self._id(placed.part), "is_fitted": not placed.line.do_not_fit, **values}
            for placed, values in fresh
        ]
        ids = self._make(BomLine, rows, [("rows", placed.line.rows[0]) for placed, _ in fresh])
        self._check_kept([line for line, _ in kept])
        self._place_substitutes({id(placed): pk for (placed, _), pk in zip(fresh, ids, strict=True)}, kept)
        return _Outcome(len(fresh), len(changed), len(gone))

    def _compare(
        self, standing: Sequence[BomLine]
    ) -> tuple[list[tuple[Placed, dict[str, Any]]], list[tuple[BomLine, dict[str, Any]]], list[BomLine]]:
        """The lines of the file that are new, those that stand with their values, and what the file no longer has."""
        left: dict[tuple[int, bool], list[BomLine]] = {}
        for line in standing:
            left.setdefault((line.part_id, line.is_fitted), []).append(line)
        fresh, kept = [], []
        self.kept_placed: dict[int, Placed] = {}
        for position, placed in enumerate(self.matching.placed, start=1):
            values = _values(placed, position)
            alike = left.get((self._id(placed.part), not placed.line.do_not_fit), [])
            if not alike:
                fresh.append((placed, values))
                continue
            line = next((one for one in alike if one.designators == values["designators"]), alike[0])
            alike.remove(line)
            values["note"] = values["note"] or line.note
            kept.append((line, values))
            self.kept_placed[line.pk] = placed
        return fresh, kept, [line for lines in left.values() for line in lines]

    def _check_kept(self, kept: Sequence[BomLine]) -> None:
        """A changed quantity of a tracked part is whole as well; the rest of a kept line was checked when it was made."""
        parts = {part.id for part in self.matching.matched.values() if part.is_trackable}
        for line in kept:
            placed = self.kept_placed[line.pk]
            quantity = placed.line.quantity
            if line.part_id in parts and quantity != quantity.to_integral_value():
                refuse("quantity_not_whole", value=quantity, where=("rows", placed.line.rows[0]))

    def _place_substitutes(self, ids: Mapping[int, int], kept: Sequence[tuple[BomLine, Any]]) -> None:
        lines = {id(self.kept_placed[line.pk]): line.pk for line, _ in kept} | dict(ids)
        known = set(BomSubstitute.objects.filter(bom_line__any=lines.values()).values_list("bom_line", "part"))
        rows, where = [], []
        for placed in self.matching.placed:
            for rank, other in enumerate(placed.substitutes, start=1):
                pair = (lines[id(placed)], self._id(other))
                if pair not in known and pair[1] != self._id(placed.part):
                    known.add(pair)
                    rows.append({"bom_line": pair[0], "part": pair[1], "rank": rank})
                    where.append(("rows", placed.line.rows[0]))
        self._make(BomSubstitute, rows, where)

    def _id(self, part: PartRef) -> int:
        return self.part_ids[id(part)] if isinstance(part, NewPart) else part.id

    def _make(self, model: Any, rows: list[dict[str, Any]], where: Sequence[tuple[str | int, ...]]) -> list[int]:
        """Check and write new rows; the reasons name the rows of the file."""
        if not rows:
            return []
        noun = NOUNS[model]
        batch = check_new(noun, rows, self.at)
        if batch.reasons:
            raise Refusal(
                *(
                    Reason(one.code, one.params, (*where[int(one.where[0])], *one.where[1:]))
                    for one in batch.reasons.found
                )
            )
        return insert(noun, batch)


def _values(placed: Placed, position: int) -> dict[str, Any]:
    """What a file says of a line, as the BOM keeps it; a line of an unknown part keeps the file's words."""
    line = placed.line
    note = line.note
    if not line.names_part:
        words = dict.fromkeys((line.value, line.footprint, line.description, line.note))
        note = ", ".join(word for word in words if word)
    return {
        "position": position,
        "quantity": Decimal(line.quantity),
        "designators": ", ".join(line.designators),
        "note": note[:NOTE_LENGTH].strip(),
    }


def _once(values: Iterable[Any], by: Callable[[Any], Any]) -> list[Any]:
    return list({by(value): value for value in reversed(list(values))}.values())[::-1]


def _plain(reason: Reason) -> dict[str, Any]:
    """A warning as data: numbers and sentence."""
    params = {name: str(value) if isinstance(value, Decimal) else value for name, value in reason.params.items()}
    return {"code": reason.code, "message": reason.text(), "params": params}
