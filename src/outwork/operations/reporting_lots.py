"""Note which lots a manufacturer says he fitted on the lines that he supplied himself."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows as table
from outwork.ledger.documents import lock_build
from outwork.models import Build, BuildLine, BuildOutput, Company, ReportedLot, SupplyChoice, User
from outwork.operations.recording import Done, operation, record
from outwork.queries.builds import lines_of, manufacturers_of
from outwork.rules.quantities import quantity
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import OutputState
from outwork.rules.supply import is_ours
from outwork.rules.trace import counts

declare(
    nothing_reported="Name at least one lot",
    report_says_nothing="{part}: a report needs a manufacturer part number, a lot or a date code",
    report_too_long="{part}: {field} has {length} characters; at most {limit}",
    reporter_undecided="{build} has {count} manufacturers: say which one reports",
    reporter_not_of_build="Company {company} does not build {build}",
    line_not_supplied_by_manufacturer="{part} on {build} was not supplied by {company}: state its supply first",
    output_of_another_manufacturer="Output {output} of {build} does not come from {company}",
    line_not_in_output="{part} is no line of output {output} of {build}: it was built to another revision",
)


@dataclass(frozen=True, slots=True)
class LotReport:
    """One lot that a manufacturer (None: the only one) fitted on a line, on all his units or on one output."""

    line_id: int
    manufacturer_id: int | None = None
    output_id: int | None = None
    mpn: str = ""
    lot: str = ""
    date_code: str = ""
    quantity: Any = None


# The texts of a report, with the longest that the table takes.
_TEXTS = {"mpn": 100, "lot": 100, "date_code": 50}


@operation
def report_lots(
    *, build: Build, rows: Sequence[LotReport], actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Add what a manufacturer reports about lines that he supplied; `ids` holds the reports in the order of the rows.

    At any time, for reports come late. Refuses nothing_reported, report_says_nothing, report_too_long,
    line_unknown, reporter_undecided, reporter_not_of_build, line_not_supplied_by_manufacturer, output_unknown,
    output_of_another_manufacturer, line_not_in_output, bad quantities.
    """
    build = lock_build(build)
    reasons = Reasons()
    if not rows:
        reasons.add("nothing_reported", where=("rows",))
        reasons.raise_any()
    read = [_read(row, index, reasons) for index, row in enumerate(rows)]
    makers = _check(build, rows, reasons)
    reasons.raise_any()

    event = record("build.lots reported", build, actor=actor, at=at)
    ids = list(table.take_ids(ReportedLot, len(rows)))
    table.insert(
        ReportedLot,
        ("id", "build_line_id", "output_id", "manufacturer_id", *_TEXTS, "quantity", "event_id"),
        [
            (pk, row.line_id, row.output_id, maker, *texts, count, event.pk)
            for pk, row, maker, (texts, count) in zip(ids, rows, makers, read, strict=True)
        ],
    )
    build.version += 1
    build.save(update_fields=["version"])
    return Done(event.pk, ids)


def _read(row: LotReport, index: int, reasons: Reasons) -> tuple[list[str], Decimal | None]:
    """The texts without blanks around them, and the quantity."""
    count = None
    if row.quantity is not None:
        try:
            count = quantity(row.quantity, where=(index, "quantity"))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    return [getattr(row, name).strip() for name in _TEXTS], count


def _check(build: Build, reports: Sequence[LotReport], reasons: Reasons) -> list[int | None]:
    """Note every reason against the reports; gives who made each of them."""
    lines = {line.pk: line for line in lines_of(build.pk)}
    of_build = manufacturers_of(build)
    companies = {one.pk: one.name for one in Company.objects.filter(pk__any=of_build)}
    choices = {
        (line, company): supply
        for line, company, supply in SupplyChoice.objects.filter(build_line__build=build).values_list(
            "build_line", "manufacturer", "supply"
        )
    }
    named = {one.output_id for one in reports if one.output_id is not None}
    found = BuildOutput.objects.filter(build=build, pk__any=named).exclude(state=OutputState.WITHDRAWN)
    outputs = {one.pk: one for one in found}
    makers = []
    for index, report in enumerate(reports):
        line = lines.get(report.line_id)
        maker = report.manufacturer_id
        if maker is None and report.output_id in outputs:
            maker = outputs[report.output_id].manufacturer_id
        if maker is None and len(of_build) == 1:
            maker = next(iter(of_build))
        makers.append(maker)
        if line is None:
            reasons.add("line_unknown", build=build.reference, line=report.line_id, where=(index, "line"))
            continue
        _check_texts(report, line, index, reasons)
        if maker is None:
            reasons.add("reporter_undecided", build=build.reference, count=len(of_build), where=(index, "manufacturer"))
        elif maker not in of_build:
            reasons.add("reporter_not_of_build", company=maker, build=build.reference, where=(index, "manufacturer"))
        elif is_ours(choices.get((line.pk, maker), line.supply)):
            told = {"part": line.part.label, "build": build.reference, "company": companies[maker]}
            reasons.add("line_not_supplied_by_manufacturer", **told, where=(index, "line"))
        else:
            _check_output(build, report, line, outputs, (maker, companies[maker]), index, reasons)
    return makers


def _check_texts(report: LotReport, line: BuildLine, index: int, reasons: Reasons) -> None:
    part = line.part.label
    if not any(getattr(report, name).strip() for name in _TEXTS):
        reasons.add("report_says_nothing", part=part, where=(index,))
    for name, limit in _TEXTS.items():
        length = len(getattr(report, name).strip())
        if length > limit:
            reasons.add("report_too_long", part=part, field=name, length=length, limit=limit, where=(index, name))


def _check_output(
    build: Build,
    report: LotReport,
    line: BuildLine,
    outputs: dict[int, BuildOutput],
    maker: tuple[int, str],
    index: int,
    reasons: Reasons,
) -> None:
    if report.output_id is None:
        return
    output, where = outputs.get(report.output_id), (index, "output")
    told = {"build": build.reference, "output": report.output_id}
    if output is None:
        reasons.add("output_unknown", **told, where=where)
    elif output.manufacturer_id != maker[0]:
        reasons.add("output_of_another_manufacturer", **told, company=maker[1], where=where)
    elif not counts(line.since_revision, line.until_revision, output.revision):
        reasons.add("line_not_in_output", **told, part=line.part.label, where=where)
