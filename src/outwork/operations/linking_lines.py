"""Link order lines to the external builds whose outputs they deliver, or take the link away."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds, lock_order
from outwork.models import Build, Part, PurchaseLine, PurchaseOrder, User
from outwork.operations import build_states
from outwork.operations.adding_order_lines import overordered
from outwork.operations.creating_build import company_facts
from outwork.operations.recording import Done, operation, record
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.external import BuildFacts, check_link
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_ORDER, OrderStatus

declare(
    line_received_already="{part}: {received} came already, so the line's build cannot be changed",
)


@dataclass(frozen=True, slots=True)
class Link:
    """The build that a line delivers; None for none."""

    line_id: int
    build_id: int | None


@operation
def link_lines(
    *,
    order: PurchaseOrder,
    links: Sequence[Link],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Link lines of an open order to external builds, or unlink them; `ids` holds the lines.

    On an order that is placed the link issues a pending build, as placing it does. Refuses wrong_state,
    no_lines_named, line_named_twice, line_not_on_order, line_received_already, line_not_linked_to_build, and each case of a bad link
    (external_builds_off, build_not_external, build_not_open, build_of_another_part, company_not_supplier,
    company_not_manufacturer).
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER, order.reference)
    known = {line.pk: line for line in order.lines.select_related("part")}
    builds = lock_builds({link.build_id for link in links if link.build_id is not None})
    _check(order, known, builds, links)

    data = {"links": [[link.line_id, link.build_id] for link in links]}
    event = record("order.lines linked", order, actor=actor, at=at, data=data)
    rows.update(PurchaseLine, ("build_id",), [(link.line_id, link.build_id) for link in links])
    said = []
    if order.status == OrderStatus.PLACED:
        said = build_states.issue_ordered(builds.values(), order.reference, event)
    order.version += 1
    order.save(update_fields=["version"])
    return Done(event.pk, [link.line_id for link in links], said=said + overordered(builds))


def _check(
    order: PurchaseOrder, known: dict[int, PurchaseLine], builds: dict[int, Build], links: Sequence[Link]
) -> None:
    settings, reasons = all_settings(), Reasons()
    parts = {part.pk: part for part in Part.objects.filter(pk__any=[build.part_id for build in builds.values()])}
    if not links:
        reasons.add("no_lines_named")
    seen: set[int] = set()
    for index, link in enumerate(links):
        if link.line_id in seen:
            reasons.add("line_named_twice", line=link.line_id, where=(index, "line"))
            continue
        seen.add(link.line_id)
        line = known.get(link.line_id)
        if line is None:
            reasons.add("line_not_on_order", line=link.line_id, order=order.reference, where=(index, "line"))
            continue
        if line.received:
            reasons.add("line_received_already", part=line.part.label, received=line.received, where=(index, "build"))
        if link.build_id is None:
            if (
                line.part.is_assembly
                and settings["BUILDORDER_EXTERNAL_BUILDS"]
                and settings["BUILDORDER_EXTERNAL_REQUIRED"]
            ):
                reasons.add("line_not_linked_to_build", part=line.part.label, where=(index, "build"))
            continue
        build = builds[link.build_id]
        label = parts[build.part_id].label
        reasons.found += check_link(
            BuildFacts(build.reference, build.status, build.is_external, build.part_id, label),
            part_id=line.part_id,
            part=line.part.label,
            supplier=company_facts(order.supplier),
            switched_on=settings["BUILDORDER_EXTERNAL_BUILDS"],
            where=(index, "build"),
        ).found
    reasons.raise_any()
