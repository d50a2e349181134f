"""What is to be ordered, on the command line: the shortages of all open builds, and draft orders made of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal

import click
from django.db.models import F
from django.utils import timezone

from outwork.cli.actor import money_for
from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY
from outwork.cli.output import print_json
from outwork.cli.tables import money, shown, table
from outwork.models import Location, PurchaseLine, PurchaseOrder, User
from outwork.operations.ordering_shortages import Pick, order_shortages
from outwork.queries.naming import company_named, order_named, part_named
from outwork.queries.to_order import Plan, Shortage, plan
from outwork.rules.quantities import ZERO, quantity
from outwork.rules.refusals import declare, refuse

declare(
    nothing_to_order="Nothing is to be ordered",
    supplier_does_not_sell="{supplier} does not sell {part}",
)


@click.group("to-order")
def command() -> None:
    """What is to be ordered: what open builds need beyond stock, orders and drafts, by the day they need it."""


@command.command("list")
@click.option("--until", type=DAY, metavar="DATE", help="Only what is needed by then; what has no day is left out.")
@click.option("--build", metavar="BUILD", help="Only what this build is short of.")
@reading
def list_(until: datetime.date | None, build: str | None, as_json: bool) -> None:
    """List the shortages of all open builds, net of stock at the right place, of orders by their dates, and of drafts."""
    found = _plan()
    rows = _chosen(found.shortages, until, build)
    late = [
        (line, one)
        for line in found.lines
        for one in line.served
        if (one.is_late or one.is_overdue) and (build is None or line.build.lower() == build.strip().lower())
    ]
    if as_json:
        print_json({"shortages": rows, "late": [{"line": line, "served": one} for line, one in late]})
        return
    for text in _page(rows):
        click.echo(text)
    for line, one in late:
        what = "should have come already" if one.is_overdue else f"comes on {one.day}"
        click.echo(
            f"late: {shown(one.quantity)} of {line.part} for {line.build}, needed by {line.needed}, {what} ({one.name})"
        )


def _plan() -> Plan:
    return plan(today=timezone.now().astimezone(company_zone()).date())


def _chosen(rows: Sequence[Shortage], until: datetime.date | None, build: str | None) -> list[Shortage]:
    return [
        row
        for row in rows
        if (until is None or (row.needed is not None and row.needed <= until))
        and (build is None or any(line.build.lower() == build.strip().lower() for line in row.lines))
    ]


def _page(rows: Sequence[Shortage]) -> Iterator[str]:
    cells = []
    for row in rows:
        best = row.purchases[0] if row.purchases else None
        builds = list(dict.fromkeys(line.build for line in row.lines)) + (["stock"] if row.for_stock else [])
        late = " late" if best is not None and best.is_late else ""
        cells.append(
            [
                row.part,
                row.short,
                row.needed,
                ", ".join(builds),
                row.ship_to,
                f"{best.offer.supplier} {best.offer.sku}"
                if best
                else "build it"
                if row.is_assembly
                else "nobody sells it",
                best.units if best else "",
                money(best.total, best.offer.currency) if best else "",
                f"{best.order_by or ''}{late}" if best else "",
                "; ".join(_hints(row)),
            ]
        )
    headers = ["part", "short", "needed by", "for", "straight to", "from", "order", "costs", "order by", ""]
    yield from table(headers, cells) or ["Nothing is to be ordered."]


def _hints(row: Shortage) -> Iterator[str]:
    for one in row.alternatives:
        yield f"{shown(one.free_here + one.free_there)} of {one.rank} {one.part} free"
    for company, units in row.elsewhere:
        yield f"{shown(units)} at {company}"
    for best in row.purchases[:1]:
        if best.larger is not None and (best.larger.is_cheaper_in_total or best.total is None):
            yield f"{shown(best.larger.quantity)} packs for {money(best.larger.total, best.offer.currency)}"


@command.command("order")
@click.argument("picks", metavar="[PART[=QUANTITY]]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that is short and that somebody sells.")
@click.option("--until", type=DAY, metavar="DATE", help="With --all: only what is needed by then.")
@click.option("--build", metavar="BUILD", help="With --all: only what this build is short of.")
@click.option(
    "--from", "supplier", metavar="SUPPLIER", help="From whom; by default the best offer, the primary one first."
)
@click.option("--draft", "drafts", multiple=True, metavar="ORDER", help="A draft to be extended; may be repeated.")
@click.option("--accept-more", is_flag=True, help="Order more for a build than it still needs.")
@doing
def order(
    asked: Asked,
    picks: tuple[str, ...],
    everything: bool,
    until: datetime.date | None,
    build: str | None,
    supplier: str | None,
    drafts: tuple[str, ...],
    accept_more: bool,
) -> Answer:
    """Make draft orders of what is short, one for each supplier. Lines remember the builds that they are for.

    QUANTITY is in the part's unit; without it all that is short. What is more than the shortage is for stock.
    """
    if bool(picks) == everything:
        raise click.UsageError("Name the parts, or say --all.")
    seller = company_named(supplier, where=("from",)).name if supplier else None
    rows = plan(today=asked["at"].astimezone(company_zone()).date()).shortages
    if everything:
        wanted = [
            _pick(row, None, seller) for row in _chosen(rows, until, build) if row.purchases and not row.is_assembly
        ]
        if not wanted:
            refuse("nothing_to_order")
    else:
        wanted = [pick for text in picks for pick in _picks(text, rows, seller)]
    done = order_shortages(picks=wanted, orders=[order_named(one) for one in drafts], accept_more=accept_more, **asked)
    return Answer(done, _told(done.data["orders"], done.ids, asked["actor"]))


def _picks(text: str, rows: Sequence[Shortage], seller: str | None) -> Iterator[Pick]:
    """What is meant by PART or PART=QUANTITY: the shortages of the part, or so much for stock where there is none."""
    name, equals, amount = text.rpartition("=")
    part = part_named(name if equals else text)
    asked = quantity(amount, where=("quantity",)) if equals else None
    mine = [row for row in rows if row.part_id == part.pk]
    if not mine:
        if asked is None:
            refuse("nothing_to_order", where=("part", part.label))
        yield Pick(asked, part_id=part.pk)
        return
    left = asked
    for place, row in enumerate(mine, 1):
        units = left if left is None or place == len(mine) else min(left, row.short)
        if units is None or units > 0:
            yield _pick(row, units, seller)
        left = None if left is None or units is None else left - units


def _pick(row: Shortage, units: Decimal | None, seller: str | None) -> Pick:
    offers = [one for one in row.purchases if seller is None or one.offer.supplier == seller]
    if seller is not None and not offers:
        refuse("supplier_does_not_sell", supplier=seller, part=row.part)
    wanted = row.short if units is None else units
    left, build_lines = wanted, {}
    for line in row.lines:
        taken = min(left, line.short)
        if taken > ZERO:
            build_lines[line.line_id] = taken
        left -= taken
    return Pick(
        quantity=wanted,
        supplier_part_id=offers[0].offer.id if offers else None,
        part_id=row.part_id,
        build_lines=build_lines,
        requested_date=None if build_lines else row.needed,
        destination_id=_destination(row.ship_to_id),
    )


def _destination(company_id: int | None) -> int | None:
    """Where a manufacturer takes in what a supplier sends it directly: its first location."""
    if company_id is None:
        return None
    found = Location.objects.filter(company=company_id, is_structural=False).order_by(
        F("parent").asc(nulls_first=True), "pk"
    )
    return found.values_list("pk", flat=True).first()


def _told(orders: Sequence[int], ids: Sequence[int], reader: User) -> Iterator[str]:
    lines = PurchaseLine.objects.filter(pk__any=list(ids)).select_related("part").order_by("order", "position")
    for one in PurchaseOrder.objects.filter(pk__any=list(orders)).select_related("supplier").order_by("pk"):
        yield f"{one.reference}: a draft order to {one.supplier.name}."
        for line in lines:
            if line.order_id == one.pk:
                price = money_for(reader, line.price, line.currency)
                yield f"  {line.position}: {shown(line.ordered)} of {line.part.label} at {price}"
