"""`outwork trace`: what is in a serial number, and where a lot went."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click

from outwork.cli.doing import company_zone, reading
from outwork.cli.output import print_json
from outwork.cli.tables import day, several, table
from outwork.queries.lots import Lot, Piece
from outwork.queries.naming import part_named
from outwork.queries.trace import Found, LineTrace, Unit, trace_items_down
from outwork.queries.trace_subject import Subject, subject_named
from outwork.queries.trace_up import Holder, left_of, trace_up
from outwork.rules.quantities import as_text
from outwork.rules.states import OutputState
from outwork.rules.trace import Certainty

# So many lots of one line, and units of one lot, are shown to people; --json has them all.
SHOWN = 20


@click.command("trace")
@click.argument("what", metavar="SERIAL|BATCH|ITEM")
@click.option("--up", "direction", flag_value="up", help="Which units have it, and where they are.")
@click.option("--down", "direction", flag_value="down", help="Which lots are in it, through all sub-assemblies.")
@click.option("--part", metavar="PART", help="The part, where several have that serial number or batch.")
@reading
def command(what: str, direction: str | None, part: str | None, as_json: bool) -> None:
    """Trace a serial number or batch down to the lots in it, or a lot up to the units that have it.

    Without --up or --down: down for what a build made, up for what was bought. An item may be named by its number,
    as #12 where a serial number or batch is called 12 too.
    """
    subject = subject_named(what, part_id=None if part is None else part_named(part).pk)
    if (direction or ("down" if subject.is_made else "up")) == "down":
        _print_down(subject, as_json=as_json)
    else:
        _print_up(subject, as_json=as_json)


def _print_down(subject: Subject, *, as_json: bool) -> None:
    units = trace_items_down(subject.items)
    if as_json:
        seen: set[int] = set()
        print_json({"traced": subject.label, "down": [_unit_data(unit, Certainty.CERTAIN, seen) for unit in units]})
        return
    zone = company_zone()
    printed: set[int] = set()
    for unit in units:
        for line in _tree(unit, Certainty.CERTAIN, printed, zone):
            click.echo(line)
    if not units:
        click.echo(f"{subject.label}: the manufacturer reported it, and nothing is known of what is in it.")


def _print_up(subject: Subject, *, as_json: bool) -> None:
    start = subject.start()
    holders, left = trace_up(start), left_of(start)
    if as_json:
        print_json(
            {
                "traced": subject.label,
                "up": [_holder_data(one) for one in holders],
                "left": [_piece_data(one) for one in left],
            }
        )
        return
    sure = [one for one in holders if one.certainty is Certainty.CERTAIN]
    units, maybe = _sum(sure), _sum(holders) - _sum(sure)
    told = [f"{several(units, 'unit')} for certain"] if sure else []
    told += [f"{several(maybe, 'unit')} possibly"] if maybe else []
    told = told or ["no unit"]
    click.echo(f"{subject.label} is in {' and '.join(told)}.")
    for line in table(("", "Unit", "Build", "State", "Level", "On", "Where"), [_holder_row(one) for one in holders]):
        click.echo(line)
    for piece in left:
        click.echo(f"Left: {as_text(piece.quantity)} {piece.where}")


def _sum(holders: list[Holder]) -> Decimal:
    return sum((one.quantity for one in holders), Decimal(0))


def _holder_row(holder: Holder) -> tuple[Any, ...]:
    made = holder.made
    where = [piece.where for piece in holder.pieces]
    if len(holder.pieces) > 1 or holder.quantity != 1:
        where = [f"{as_text(piece.quantity)} {piece.where}" for piece in holder.pieces]
    return (
        str(holder.certainty),
        holder.lot.label if holder.lot is not None else several(holder.quantity, "unit"),
        made.build if made is not None else None,
        OutputState(made.state).word if made is not None else None,
        holder.level,
        ", ".join(holder.on),
        "; ".join(where),
    )


def _tree(unit: Unit, sure: Certainty, printed: set[int], zone: ZoneInfo, indent: str = "") -> Iterator[str]:
    """A unit and what is in it, each level two blanks further in; what stands above already is not repeated."""
    start = "" if not indent else f"{indent}{sure:<8}  "
    if id(unit) in printed:
        yield f"{start}{_headline(unit, zone)} (see above)"
        return
    printed.add(id(unit))
    yield f"{start}{_headline(unit, zone)}"
    below = f"{indent}  "
    for line in unit.lines:
        yield from _limited(line.lots, sure, printed, zone, below)
        for report in line.reported:
            texts = (
                report.mpn,
                report.lot and f"lot {report.lot}",
                report.date_code and f"date code {report.date_code}",
            )
            text = ", ".join(one for one in texts if one)
            yield f"{below}{report.certainty.through(sure):<8}  {line.part} reported by {line.supplied_by}: {text}"
        if line.deviation:
            yield f"{below}deviation {line.part}: {line.deviation}"
        if told := _remark(line):
            yield f"{below}{told}"
    yield from _limited(unit.installed, sure, printed, zone, below)


def _limited(found: list[Found], sure: Certainty, printed: set[int], zone: ZoneInfo, indent: str) -> Iterator[str]:
    for one in found[:SHOWN]:
        surely = one.certainty.through(sure)
        units = one.units[:SHOWN]
        if not units:
            yield f"{indent}{surely:<8}  {_lot_text(one.lot)}"
        for unit in units:
            beyond = surely if len(one.units) == 1 else Certainty.POSSIBLE
            yield from _tree(unit, beyond, printed, zone, indent)
        if len(one.units) > SHOWN:
            yield f"{indent}... and {len(one.units) - SHOWN} more outputs of {one.lot.label}"
    if len(found) > SHOWN:
        yield f"{indent}... and {len(found) - SHOWN} more lots"


def _remark(line: LineTrace) -> str:
    """What is to be said of a line beside its lots."""
    if line.supplied_by and not line.reported:
        return f"supplied  {line.part} by {line.supplied_by}, lot not reported"
    if line.missing and not line.supplied_by:
        return f"unbooked  {line.part}: {as_text(line.missing)} of {as_text(line.needed)} not booked"
    if line.late and not line.lots:
        return f"unknown   {line.part}: every lot that was booked came after the unit"
    return ""


def _headline(unit: Unit, zone: ZoneInfo) -> str:
    made = unit.made
    if made is None:
        return _lot_text(unit.lot) if unit.lot is not None else "withdrawn"
    label = unit.lot.label if unit.lot is not None else several(made.quantity, "unit")
    maker = made.manufacturer or "us"
    papers = ", ".join(filter(None, (made.build, made.order)))
    verb = "received" if made.purchase_line_id is not None else "made"
    told = f"built by {maker} ({papers}), {verb} {day(made.made_at, zone)}, {OutputState(made.state).word}"
    return f"{label}: {told}" if made.has_components else f"{label}: {told} without components of ours"


def _lot_text(lot: Lot) -> str:
    source = " ".join(filter(None, (lot.supplier, lot.sku)))
    text = f"{lot.label}, from {source}" if source else lot.label
    return f"{text} on {lot.order}" if lot.order else text


def _lot_data(lot: Lot | None) -> dict[str, Any]:
    if lot is None:
        return {}
    names = ("item_id", "part_id", "part", "batch", "serial", "supplier", "sku", "mpn", "order", "received_at")
    return {name: getattr(lot, name) for name in names}


def _made_data(unit: Unit | Holder) -> dict[str, Any]:
    made = unit.made
    if made is None:
        return {}
    return {
        "output_id": made.id,
        "build": made.build,
        "manufacturer": made.manufacturer,
        "state": OutputState(made.state).word,
        "quantity": made.quantity,
        "made_at": made.made_at,
        "order": made.order,
    }


def _unit_data(unit: Unit, sure: Certainty, seen: set[int]) -> dict[str, Any]:
    """A unit as JSON; one that was written already comes without what is in it, as `repeated`."""
    data = {**_lot_data(unit.lot), **_made_data(unit)}
    if id(unit) in seen:
        return {**data, "repeated": True}
    seen.add(id(unit))
    lines = [
        {
            "line": line.line_id,
            "part": line.part,
            "designators": line.designators,
            "per_unit": line.per_unit,
            "needed": line.needed,
            "missing": line.missing,
            "is_consumable": line.is_consumable,
            "supplied_by": line.supplied_by,
            "deviation": line.deviation,
            "lots": [_found_data(one, sure, seen) for one in line.lots],
            "reported": line.reported,
            "late": [_lot_data(lot) for lot in line.late],
        }
        for line in unit.lines
    ]
    return {**data, "lines": lines, "installed": [_found_data(one, sure, seen) for one in unit.installed]}


def _found_data(found: Found, sure: Certainty, seen: set[int]) -> dict[str, Any]:
    surely = found.certainty.through(sure)
    beyond = surely if len(found.units) < 2 else Certainty.POSSIBLE
    return {
        "certainty": surely,
        "booked": found.quantity,
        **_lot_data(found.lot),
        "units": [_unit_data(unit, beyond, seen) for unit in found.units],
    }


def _holder_data(holder: Holder) -> dict[str, Any]:
    return {
        "certainty": holder.certainty,
        "level": holder.level,
        "on": holder.on,
        **_lot_data(holder.lot),
        **_made_data(holder),
        "quantity": holder.quantity,
        "pieces": [_piece_data(one) for one in holder.pieces],
    }


def _piece_data(piece: Piece) -> dict[str, Any]:
    return {
        "item_id": piece.item_id,
        "quantity": piece.quantity,
        "place": piece.place,
        "where": piece.where,
        "location_id": piece.location_id,
        "inside": piece.inside,
    }
