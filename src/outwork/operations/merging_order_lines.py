"""Merge equal lines of a draft order: more of what stands there already is no second line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outwork.models import PurchaseLine
from outwork.rules.quantities import as_text

if TYPE_CHECKING:
    from outwork.operations.adding_order_lines import Ready

# What a pack of a supplier part costs by its breaks where so many units are ordered in a currency.
PriceOf = Callable[[int, Decimal, str], Decimal | None]


@dataclass(slots=True)
class Merged:
    """The lines to be written, those that stand and grew (units, price), and where each line asked for went to.

    A place is a line that stands, or one of the fresh ones by its number.
    """

    fresh: list[Ready] = field(default_factory=list)
    grown: dict[int, tuple[Decimal, Decimal | None]] = field(default_factory=dict)
    places: list[tuple[int | None, int]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)


def merge(ready: Sequence[Ready], standing: Sequence[PurchaseLine], price_of: PriceOf) -> Merged:
    """Decide which lines become more of a line that stands, or of another one asked for.

    Two lines are one if supplier part, date, destination and build are the same (InvenTree forgets the build,
    semantics G1), and if nothing is lost by it: another price that somebody stated, another discount, currency, pack
    size, reference or note stays a line of its own. A price that came from the breaks becomes that of the larger
    quantity.
    """
    merged = Merged()
    by_key: dict[tuple[Any, ...], list[PurchaseLine]] = defaultdict(list)
    for line in standing:
        by_key[line.supplier_part_id, line.requested_date, line.destination_id, line.build_id].append(line)
    fresh: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for one in ready:
        asked = one.line
        key = (one.supplier_part.pk, asked.requested_date, asked.destination_id, asked.build_id)
        found = next((line for line in by_key[key] if _fits_line(one, line, merged)), None)
        if found is not None:
            units, price = merged.grown.get(found.pk, (found.ordered, found.price))
            total = units + one.ordered
            if asked.price is None and price == price_of(found.supplier_part_id, units, found.currency):
                price = price_of(found.supplier_part_id, total, found.currency)
            merged.grown[found.pk] = total, price
            merged.places.append((found.pk, 0))
            label = one.supplier_part.part.label
            merged.said.append(
                {"code": "line_merged", "part": label, "position": found.position, "ordered": as_text(total)}
            )
            continue
        place = next((place for place in fresh[key] if _fits(one, merged.fresh[place])), None)
        if place is None:
            place = len(merged.fresh)
            fresh[key].append(place)
            merged.fresh.append(one)
        else:
            other = merged.fresh[place]
            total = other.ordered + one.ordered
            price = other.price if asked.price is not None else price_of(one.supplier_part.pk, total, one.currency)
            merged.fresh[place] = replace(other, ordered=total, price=price)
        merged.places.append((None, place))
    return merged


def _fits_line(one: Ready, line: PurchaseLine, merged: Merged) -> bool:
    """Whether nothing that was said of either would be lost."""
    price = merged.grown.get(line.pk, (line.ordered, line.price))[1]
    return (
        (one.line.price is None or one.price == price)
        and (one.currency, one.discount, one.supplier_part.pack_size) == (line.currency, line.discount, line.pack_size)
        and one.line.reference in ("", line.reference)
        and one.line.note in ("", line.note)
    )


def _fits(one: Ready, other: Ready) -> bool:
    return (
        (one.line.price is None) == (other.line.price is None)
        and (one.line.price is None or one.price == other.price)
        and (one.currency, one.discount) == (other.currency, other.discount)
        and one.line.reference in ("", other.line.reference)
        and one.line.note in ("", other.line.note)
    )
