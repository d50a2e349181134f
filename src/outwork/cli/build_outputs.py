"""The units of a build: order them, make them, accept or reject them, report what was scrapped."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import click

from outwork.cli.actor import money_for
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import DAY, build_argument, location_option, note_option, reason_option
from outwork.cli.tables import several, shown
from outwork.models import Build, BuildOutput, PurchaseLine
from outwork.operations.deciding import Decision, accept_outputs, accept_rest, reject_outputs, report_scrap
from outwork.operations.making_outputs import make_outputs
from outwork.operations.ordering_build import order_build
from outwork.queries.naming import build_named, company_named, lines_to_name, location_named, order_line_named
from outwork.queries.naming import order_named as named_order
from outwork.rules.quantities import ZERO, quantity
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.serials import named_serials, serial_text
from outwork.rules.states import OutputState

declare(
    units_not_there="{build} has {open} units in production without serial numbers, {asked} were to be decided",
    units_unknown="{build} has no unit or output {names}",
    nothing_in_production="{build} has no units in production",
)


@click.command("order")
@build_argument
@click.argument("manufacturer", required=False, metavar="[MANUFACTURER]")
@click.option("--units", metavar="N", help="How many; by default all that are not ordered yet.")
@click.option("--on", "order", metavar="ORDER", help="A draft order to extend; by default a new one is made.")
@click.option("--price", metavar="P", help="Per pack; by default from the price breaks.")
@click.option("--requested", "requested_date", type=DAY, metavar="DATE", help="When it is wanted.")
@doing
def order(
    asked: Asked,
    build: str,
    manufacturer: str | None,
    units: str | None,
    order: str | None,
    price: str | None,
    requested_date: datetime.date | None,
) -> Answer:
    """Order a build from a manufacturer.

    By default from the one it is meant for: the linked line on a draft order, new or named by --on.
    """
    found = build_named(build)
    company = company_named(manufacturer, where=("manufacturer",)) if manufacturer else found.manufacturer
    if company is None:
        refuse("manufacturer_missing", build=found.reference, where=("manufacturer",))
    done = order_build(
        build=found,
        manufacturer=company,
        units=units,
        order=named_order(order) if order else None,
        price=price,
        requested_date=requested_date,
        **asked,
    )
    line = PurchaseLine.objects.select_related("order", "part").get(pk=done.ids[0])
    reference = line.order.reference
    text = [
        f"{reference} line {line.position}: {shown(line.ordered)} of {line.part.label} from {company.name} at "
        f"{money_for(asked['actor'], line.price, line.currency)}{'' if line.pack_size == 1 else f' for {shown(line.pack_size)}'}.",
        f"next: place {reference}   [outwork order place {reference}]",
    ]
    return Answer(done, text, {"reference": reference, "line": line.position})


@click.command("make")
@build_argument
@click.argument("units", metavar="UNITS")
@click.option("--serials", metavar="TEXT", help="Their serial numbers: 1-5, SN-001+, ~ for the next free ones.")
@click.option("--batch", default="", help="Their batch code.")
@location_option
@click.option("--manufacturer", metavar="NAME", help="Whose units they are, where an external build has several.")
@click.option("--accept-manual-output", is_flag=True, help="By hand for an external build, to correct; with a reason.")
@reason_option
@doing
def make(
    asked: Asked,
    build: str,
    units: str,
    serials: str | None,
    batch: str,
    location: str | None,
    manufacturer: str | None,
    accept_manual_output: bool,
    reason: str,
) -> Answer:
    """Make units of a build. They are in production until they are accepted."""
    found = build_named(build)
    done = make_outputs(
        build=found,
        units=units,
        serials=serials,
        batch=batch,
        location=location_named(location) if location else None,
        manufacturer=company_named(manufacturer, where=("manufacturer",)) if manufacturer else None,
        accept_manual_output=accept_manual_output,
        reason=reason,
        **asked,
    )
    return Answer(done, f"Made {described(done.ids)} for {found.reference}.")


def choosing(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """Give a command the units it decides on: serial numbers or outputs, all, or so many."""
    for option in (
        location_option,
        click.option("--units", metavar="N", help="So many of the units named, or of those without serial numbers."),
        click.option("--all", "everything", is_flag=True, help="All units in production."),
        click.argument("names", nargs=-1, metavar="[SERIAL|FROM-TO|OUTPUT]..."),
    ):
        command = option(command)
    return command


@click.command("accept")
@build_argument
@doing
@choosing
@click.option(
    "--without-components",
    is_flag=True,
    help="Although tracked components are missing in them; say why with --note.",
)
@click.option("--rest", is_flag=True, help="All that nobody decided on yet and that is not set aside.")
@note_option
def accept(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    without_components: bool,
    rest: bool,
    note: str,
) -> Answer:
    """Accept units. They become stock, and components are consumed for them."""
    found = build_named(build)
    if rest:
        if names or everything or units is not None or without_components:
            raise click.UsageError("Either --rest, or name units, or say --all or --units N.")
        place = location_named(location) if location else None
        done = accept_rest(build=found, location=place, note=note, **asked)
        return Answer(done, f"Accepted {described(done.ids)} of {found.reference}.")
    done = accept_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        location=location_named(location) if location else None,
        accept_incomplete_allocation=without_components,
        note=note,
        **asked,
    )
    return Answer(done, f"Accepted {described(done.ids)} of {found.reference}.")


@click.command("reject")
@build_argument
@doing
@choosing
@click.option("--reason", required=True, metavar="TEXT", help="What is wrong with them.")
@click.option("--without-components", is_flag=True, help="Nothing of ours went into them.")
def reject(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    reason: str,
    without_components: bool,
) -> Answer:
    """Reject units. They stay as rejected stock, and the good ones bear their cost."""
    found = build_named(build)
    done = reject_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        reason=reason,
        has_components=not without_components,
        location=location_named(location) if location else None,
        **asked,
    )
    return Answer(done, f"Rejected {described(done.ids)} of {found.reference}.")


@click.command("scrap")
@build_argument
@click.argument("units", metavar="UNITS")
@click.option("--reason", required=True, metavar="TEXT", help="What happened to them.")
@click.option("--manufacturer", metavar="NAME", help="At whom, where the build has several.")
@click.option("--line", metavar="ORDER/LINE", help="The order line they were made for, such as PO-0003/1.")
@click.option("--accept-beyond-open", is_flag=True, help="More were made than the build still has open.")
@doing
def scrap(
    asked: Asked,
    build: str,
    units: str,
    reason: str,
    manufacturer: str | None,
    line: str | None,
    accept_beyond_open: bool,
) -> Answer:
    """Report units scrapped at the manufacturer. They were built and will never come."""
    found = build_named(build)
    done = report_scrap(
        build=found,
        units=units,
        reason=reason,
        manufacturer=company_named(manufacturer, where=("manufacturer",)) if manufacturer else None,
        line=order_line(line) if line else None,
        accept_beyond_open=accept_beyond_open,
        **asked,
    )
    return Answer(done, f"{units} units of {found.reference} were scrapped at the manufacturer.")


def order_line(text: str) -> PurchaseLine:
    """The order line named as ORDER/LINE."""
    reference, slash, name = text.rpartition("/")
    if not slash:
        raise click.UsageError(f"{text} is not ORDER/LINE, such as PO-0003/1.")
    found = named_order(reference)
    return order_line_named(name, lines_to_name(found), found)


def chosen_outputs(
    build: Build, names: Sequence[str], *, everything: bool, units: str | None, key: str | None
) -> list[Decision]:
    """What is to be decided: named units, all, or so many; two statements at most.

    A word is a serial number, a range of them, or the number of an output without serial numbers.
    Refuses units_unknown, units_not_there, nothing_in_production.
    """
    if everything and (names or units is not None):
        raise click.UsageError("Either --all, or name units, or say --units N.")
    if not (everything or names or units is not None):
        raise click.UsageError("Name serial numbers or outputs, or say --all or --units N.")
    if key is not None and (everything or units is not None):
        raise click.UsageError("With --key name the units: what --all and --units mean changes with each request.")
    outputs = outputs_of(build)
    waiting = [row for row in outputs if row[2] == OutputState.IN_PRODUCTION]
    if everything and not waiting:
        refuse("nothing_in_production", build=build.reference)
    if everything:
        return [Decision(row[0]) for row in waiting]
    chosen = named_outputs(build, names, outputs) if names else [row for row in waiting if row[3] is None]
    if units is None:
        return [Decision(row[0]) for row in chosen]
    return _so_many(build, quantity(units, where=("units",)), chosen)


def outputs_of(build: Build) -> list[tuple[int, Decimal, int, str | None]]:
    """The outputs of a build: number, units, state and serial number; one statement."""
    columns = ("pk", "quantity", "state", "item__serial")
    return list(BuildOutput.objects.filter(build=build).order_by("pk").values_list(*columns))


def named_outputs(build: Build, names: Sequence[str], outputs: Sequence[Any]) -> list[Any]:
    """The outputs that the words name; a serial number that was withdrawn and made again is the newer one.

    Refuses units_unknown.
    """
    by_serial = {row[3]: row for row in outputs if row[3] is not None}
    by_id = {str(row[0]): row for row in outputs if row[3] is None}
    chosen, unknown = [], []
    for word in (part for name in names for part in name.replace(",", " ").split()):
        if word in by_id and word not in by_serial:
            chosen.append(by_id[word])
            continue
        for serial in named_serials(word, by_serial):
            if serial in by_serial:
                chosen.append(by_serial[serial])
            else:
                unknown.append(serial)
    if unknown:
        refuse("units_unknown", build=build.reference, names=unknown, where=("names",))
    return chosen


def _so_many(build: Build, asked: Decimal, outputs: Sequence[Any]) -> list[Decision]:
    left, decisions = asked, []
    for output_id, there, _, _ in outputs:
        taken = min(left, there)
        if taken:
            decisions.append(Decision(output_id, taken))
            left -= taken
    if left:
        reasons = Reasons()
        reasons.add("units_not_there", build=build.reference, open=asked - left, asked=asked, where=("units",))
        reasons.raise_any()
    return decisions


def described(output_ids: Sequence[int]) -> str:
    """How many units, with their serial numbers or the numbers of their outputs; one statement."""
    rows = list(BuildOutput.objects.filter(pk__any=output_ids).values_list("pk", "quantity", "item__serial"))
    units = sum((quantity for _, quantity, _ in rows), ZERO)
    serials = serial_text([serial for _, _, serial in rows if serial is not None])
    outputs = [str(pk) for pk, _, serial in rows if serial is None]
    names = "; ".join(filter(None, (serials, f"output {', '.join(outputs)}" if outputs else "")))
    return f"{several(units, 'unit')} ({names})"


COMMANDS = (order, make, accept, reject, scrap)
