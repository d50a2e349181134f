"""One line per component: which lines of a file mean the same part, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from outwork.rules.bomfile.designators import natural_key
from outwork.rules.bomfile.marks import sameness
from outwork.rules.bomfile.normal import Alternate, BomFile, BomLine, FileLine

Identity = tuple[str, ...]


def identities(lines: Sequence[FileLine]) -> list[Identity]:
    """What makes each line's part the same as another's; () where a line says too little to name a part.

    The internal number; else manufacturer and part number (a line without manufacturer joins the only
    one the file names for that number); else supplier and order number; else value, footprint,
    description, specification and library name. Case, blanks and kinds of dash make no difference.
    """
    makers: dict[str, set[str]] = {}
    for line in lines:
        if line.mpn and line.manufacturer:
            makers.setdefault(sameness(line.mpn), set()).add(sameness(line.manufacturer))
    return [_identity(line, makers) for line in lines]


def _identity(line: FileLine, makers: dict[str, set[str]]) -> Identity:
    if line.internal_number:
        return ("internal", sameness(line.internal_number))
    if line.mpn:
        mpn = sameness(line.mpn)
        known = makers.get(mpn, set())
        maker = sameness(line.manufacturer) or (next(iter(known)) if len(known) == 1 else "")
        return ("mpn", maker, mpn)
    if line.offers:
        return ("sku", sameness(line.supplier), sameness(line.sku))
    what = (line.value, line.library_name, line.description, line.specification)
    said = sum(map(bool, what))
    # A name such as GND or SSP1_MOSI on a do-not-fit line is a pad, not a part somebody could buy.
    if said + (bool(line.footprint) if line.do_not_fit else 0) < (2 if line.do_not_fit else 1):
        return ()
    return ("described", *(sameness(text) for text in (*what, line.footprint)))


def grouped(bom_file: BomFile) -> list[BomLine]:
    """The components of a file in order of appearance, fitted and do-not-fit apart.

    Quantities are summed, designators sorted as people do; of texts that differ the first is kept,
    notes are joined, part numbers that differ under one internal number become alternates.
    """
    groups: dict[tuple[Identity, bool, Identity], list[FileLine]] = {}
    for line, identity in zip(bom_file.lines, identities(bom_file.lines), strict=True):
        plain = () if identity else (sameness(line.value), sameness(line.footprint), sameness(line.description))
        groups.setdefault((identity, line.do_not_fit, plain), []).append(line)
    return [_one_line(identity, do_not_fit, lines) for (identity, do_not_fit, _), lines in groups.items()]


def _one_line(identity: Identity, do_not_fit: bool, lines: list[FileLine]) -> BomLine:
    names = {name for line in lines for name in line.designators}
    head = next((line for line in lines if line.mpn and line.manufacturer), None) or lines[0]
    mpn = head.mpn or _first(line.mpn for line in lines)
    others = [Alternate(line.manufacturer, line.mpn) for line in lines if sameness(line.mpn) not in {"", sameness(mpn)}]
    others += [other for line in lines for other in line.alternates]
    return BomLine(
        identity=identity,
        do_not_fit=do_not_fit,
        designators=tuple(sorted(names, key=natural_key)),
        quantity=sum((line.quantity for line in lines), Decimal(0)),
        rows=tuple(line.row for line in lines),
        value=_first(line.value for line in lines),
        footprint=_first(line.footprint for line in lines),
        manufacturer=head.manufacturer or _first(line.manufacturer for line in lines),
        mpn=mpn,
        internal_number=_first(line.internal_number for line in lines),
        offers=tuple(dict.fromkeys(offer for line in lines for offer in line.offers)),
        description=_first(line.description for line in lines),
        specification=_first(line.specification for line in lines),
        library_name=_first(line.library_name for line in lines),
        datasheet=_first(line.datasheet for line in lines),
        note="; ".join(dict.fromkeys(line.note for line in lines if line.note)),
        alternates=tuple(dict.fromkeys(others)),
    )


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")
