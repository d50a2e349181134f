"""The stock of a build: who supplies its lines, what is allocated, sent and consumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import click

from outwork.cli.build_outputs import named_outputs, outputs_of
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import Pair, build_argument, note_option
from outwork.cli.tables import several, shown
from outwork.models import Build, BuildLine, StockItem
from outwork.operations.allocating import Release, Take, allocate, deallocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply, supply_at
from outwork.queries.builds import lines_of
from outwork.queries.naming import build_line_named, build_named, company_named, location_named
from outwork.rules.allocation import Components, Order, Verdict
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.supply import UNDECIDED, Supply, read_supply

declare(item_number_invalid="{text} is not an item: items are named by their number")

WAYS = ", ".join([*(f'"{way.value}"' for way in Supply), UNDECIDED])
lines_option = click.option("--line", "lines", multiple=True, metavar="LINE", help="Only this line; may be repeated.")


class Supplied(Pair):
    """Which line is supplied how."""

    name = "LINE=WAY"


class Taken(Pair):
    """So much of an item for a line."""

    name = "LINE=ITEM:QTY[@UNIT]"


def named_lines(build: Build, names: Sequence[str]) -> list[BuildLine]:
    """The lines of a build by part or position, every unknown one refused at once; one statement."""
    known, reasons, found = lines_of(build.pk), Reasons(), []
    for index, name in enumerate(names):
        try:
            found.append(build_line_named(name, known, build, where=(index, "line")))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    reasons.raise_any()
    return found


def item_number(text: str, index: int) -> int:
    """The number of a stock item; refuses item_number_invalid."""
    if not text.strip().isdecimal() or int(text) >= 2**63:
        reasons = Reasons()
        reasons.add("item_number_invalid", text=text, where=(index, "item"))
        reasons.raise_any()
    return int(text)


@click.command("supply")
@build_argument
@click.option("--all", "everything", metavar="WAY", help=f"The same for all lines: {WAYS}.")
@click.option("--line", "lines", multiple=True, type=Supplied(), help="For one line, by part or number; repeatable.")
@click.option("--manufacturer", metavar="NAME", help="At this manufacturer only, where it differs.")
@doing
def supply(
    asked: Asked, build: str, everything: str | None, lines: tuple[tuple[str, str], ...], manufacturer: str | None
) -> Answer:
    """Say who supplies the lines. Line by line goes before --all."""
    if everything is None and not lines:
        raise click.UsageError("Say --all WAY, or --line LINE=WAY.")
    found = build_named(build)
    maker = company_named(manufacturer, where=("manufacturer",)).pk if manufacturer else None
    ways: dict[int, Supply | None] = {}
    if everything is not None:
        ways = dict.fromkeys((line.pk for line in lines_of(found.pk)), read_supply(everything, where=("all",)))
    chosen = named_lines(found, [name for name, _ in lines])
    own = [(line.pk, read_supply(way, where=(index, "supply"))) for index, (line, (_, way)) in _numbered(chosen, lines)]
    choices = [Choice(pk, way, maker) for pk, way in ways.items() if pk not in dict(own)]
    done = state_supply(build=found, choices=[*choices, *(Choice(pk, way, maker) for pk, way in own)], **asked)
    return Answer(done, _supplied(found, maker, manufacturer or ""))


def _numbered(chosen: Sequence[BuildLine], given: Sequence[Any]) -> Iterator[tuple[int, tuple[BuildLine, Any]]]:
    return enumerate(zip(chosen, given, strict=True))


def _supplied(build: Build, maker: int | None, manufacturer: str) -> Iterator[str]:
    by_way: dict[str, list[str]] = {}
    lines = lines_of(build.pk)
    ways = supply_at(lines, maker)
    for line in lines:
        by_way.setdefault(ways[line.pk] or UNDECIDED, []).append(line.part.label)
    at = f" (at {manufacturer})" if manufacturer else ""
    for way, parts in sorted(by_way.items()):
        yield f"{way}{at}: {shown_parts(parts)}"


def shown_parts(parts: Sequence[str]) -> str:
    """A list of parts that does not get too long."""
    return ", ".join(parts[:10]) + (f" and {len(parts) - 10} more" if len(parts) > 10 else "")


@click.command("allocate")
@build_argument
@click.argument("takes", nargs=-1, required=True, type=Taken(), metavar="LINE=ITEM:QTY[@UNIT]...")
@click.option("--without-unit", is_flag=True, help="Tracked components for the build as a whole, for no unit yet.")
@doing
def allocate_command(asked: Asked, build: str, takes: tuple[tuple[str, str], ...], without_unit: bool) -> Answer:
    """Allocate exactly these quantities. A line is named by its part or number, an item by its number.

    With @UNIT for that unit of the build only, named by its serial number or output.
    """
    found = build_named(build)
    chosen = named_lines(found, [name for name, _ in takes])
    outputs = outputs_of(found) if any("@" in what for _, what in takes) else []
    wanted = []
    for index, (line, (_, what)) in _numbered(chosen, takes):
        item, colon, quantity = what.partition(":")
        if not colon:
            raise click.UsageError(f"{what} is not ITEM:QTY.")
        quantity, _, unit = quantity.partition("@")
        output_id = named_outputs(found, [unit], outputs)[0][0] if unit else None
        wanted.append(Take(line.pk, item_number(item, index), quantity, output_id))
    done = allocate(build=found, takes=wanted, accept_without_unit=without_unit, **asked)
    return Answer(done, f"{several(len(wanted), 'allocation')} for {found.reference}.")


@click.command("auto-allocate")
@build_argument
@click.option("--from", "source", metavar="LOCATION", help="Only from here and below.")
@click.option("--not-from", "exclude", metavar="LOCATION", help="Never from here and below.")
@click.option("--order", default=Order.OLDEST.value, show_default=True, type=click.Choice([one.value for one in Order]))
@click.option("--interchangeable", is_flag=True, help="Lots may be mixed; otherwise a line that several fit is left.")
@click.option("--no-substitutes", is_flag=True, help="Only the part itself and its variants.")
@click.option("--optional", "optional_lines", is_flag=True, help="For optional lines too.")
@click.option("--expired", "use_expired", is_flag=True, help="Expired lots too.")
@click.option(
    "--components",
    default=Components.UNTRACKED.value,
    show_default=True,
    type=click.Choice([one.value for one in Components]),
    help="Tracked ones go into the unit that has their serial number.",
)
@click.option("--whole", "whole_items", is_flag=True, help="Take lots whole, and none that others have a part of.")
@click.option("--dry-run", is_flag=True, help="Only say what would be allocated.")
@lines_option
@doing
def auto_allocate_command(
    asked: Asked,
    build: str,
    source: str | None,
    exclude: str | None,
    order: str,
    interchangeable: bool,
    no_substitutes: bool,
    optional_lines: bool,
    use_expired: bool,
    components: str,
    whole_items: bool,
    dry_run: bool,
    lines: tuple[str, ...],
) -> Answer:
    """Allocate what is needed, and explain each choice.

    Stock at the manufacturer goes first, then ours, by --order.
    """
    found = build_named(build)
    done = auto_allocate(
        build=found,
        location=location_named(source, where=("from",)) if source else None,
        exclude_location=location_named(exclude, where=("not_from",)) if exclude else None,
        interchangeable=interchangeable,
        substitutes=not no_substitutes,
        optional_lines=optional_lines,
        order=Order(order),
        use_expired=use_expired,
        components=Components(components),
        whole_items=whole_items,
        lines=[line.pk for line in named_lines(found, lines)] if lines else None,
        dry_run=dry_run,
        **asked,
    )
    return Answer(done, _explained(done.data["lines"], dry_run=dry_run), {"dry_run": dry_run})


def _explained(lines: Sequence[dict[str, Any]], *, dry_run: bool) -> Iterator[str]:
    if not lines:
        yield "Nothing is needed."
    for line in lines:
        missing = f", {line['missing']} missing" if Decimal(line["missing"]) else ""
        yield f"{line['part']}: {line['allocated']} {'would be ' if dry_run else ''}allocated{missing}"
        for choice in line["choices"]:
            batch = f" (batch {choice['batch']})" if choice["batch"] else ""
            if choice["item"] is None:
                yield f"    {choice['text']}"
            elif choice["verdict"] == Verdict.SEVERAL_FIT:  # what is said stands above, once
                yield f"    item {choice['item']}{batch}"
            else:
                yield f"    item {choice['item']}{batch}: {choice['text']}"


@click.command("deallocate")
@build_argument
@click.argument("releases", nargs=-1, metavar="LINE[=ITEM[:QTY]]...")
@click.option("--all", "everything", is_flag=True, help="All that is allocated to the build.")
@doing
def deallocate_command(asked: Asked, build: str, releases: tuple[str, ...], everything: bool) -> Answer:
    """Free allocations. The stock stays where it is."""
    if everything == bool(releases):
        raise click.UsageError("Name lines, or say --all.")
    found = build_named(build)
    if everything:
        return Answer(deallocate(build=found, **asked), f"Nothing is allocated to {found.reference} any more.")
    given = [_release(text) for text in releases]
    chosen = named_lines(found, [name for name, _, _ in given])
    wanted = [
        Release(line.pk, None if item is None else item_number(item, index), quantity)
        for index, (line, (_, item, quantity)) in _numbered(chosen, given)
    ]
    done = deallocate(build=found, releases=wanted, **asked)
    return Answer(done, f"{several(len(wanted), 'allocation')} of {found.reference} freed.")


def _release(text: str) -> tuple[str, str | None, str | None]:
    """LINE, LINE=ITEM or LINE=ITEM:QTY."""
    if "=" not in text:
        return text, None, None
    name, _, what = text.rpartition("=")
    item, _, quantity = what.partition(":")
    return name, item, quantity or None


@click.command("send")
@build_argument
@click.option("--to", "location", metavar="LOCATION", help="The manufacturer's location, where it has several.")
@click.option("--manufacturer", metavar="NAME", help="To whom, where the build has several.")
@click.option("--whole", is_flag=True, help="Items allocated in part travel whole: the reel goes along.")
@lines_option
@note_option
@doing
def send(
    asked: Asked,
    build: str,
    location: str | None,
    manufacturer: str | None,
    whole: bool,
    lines: tuple[str, ...],
    note: str,
) -> Answer:
    """Send the kit. What is allocated moves to the manufacturer; it is still ours, and still allocated."""
    found = build_named(build)
    done = send_kit(
        build=found,
        manufacturer=company_named(manufacturer, where=("manufacturer",)) if manufacturer else None,
        location=location_named(location, where=("to",)) if location else None,
        lines=[line.pk for line in named_lines(found, lines)] if lines else None,
        whole_items=whole,
        note=note,
        **asked,
    )
    items = list(StockItem.objects.filter(pk__any=done.ids).select_related("part", "location").order_by("pk"))
    text = [f"Sent {several(len(items), 'item')} to {items[0].location}:"]
    for item in items:
        batch = f", batch {item.batch}" if item.batch else ""
        text.append(f"  {shown(item.quantity)} of {item.part.label}, item {item.pk}{batch}")
    return Answer(done, text)


@click.command("consume")
@build_argument
@doing
def consume(asked: Asked, build: str) -> Answer:
    """Consume what is due and was missing. It comes from what is allocated now."""
    found = build_named(build)
    done = settle_shortfalls(build=found, **asked)
    parts = [line.part.label for line in lines_of(found.pk) if line.pk in set(done.ids)]
    return Answer(done, f"Consumed for {found.reference}: {shown_parts(parts) or 'nothing'}.")


COMMANDS = (supply, allocate_command, auto_allocate_command, deallocate_command, send, consume)
