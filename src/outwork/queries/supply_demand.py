"""What there is, what comes and what is needed of parts: each in one statement for any number of parts.

Quantities are in the part's unit. What is counted is disjoint, so that it may be added up: of an external build, the
units that an open order line is to deliver count as on order only, those that came and wait for a decision as in
production only, and as scheduled only the rest.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from outwork.models import Demand
from outwork.models.fields import QuantityField
from outwork.queries import settings
from outwork.rules.planning import still_open
from outwork.rules.quantities import ZERO
from outwork.rules.states import AVAILABLE_STOCK, OPEN_BUILD, OPEN_ORDER, OrderStatus, OutputState
from outwork.rules.supply import Supply

_QUANTITY = QuantityField()
_LIST = {"sqlite": "SELECT value AS id FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[]) AS id"}
_USABLE = ", ".join(str(int(one)) for one in sorted(AVAILABLE_STOCK))
_BUILDS = ", ".join(str(int(one)) for one in sorted(OPEN_BUILD))
_ORDERS = ", ".join(str(int(one)) for one in sorted(OPEN_ORDER))

# Whether a build line has to be filled by us: as stated for it, or for one of the build's manufacturers.
OURS = f"""(
    CASE WHEN NOT EXISTS (SELECT 1 FROM outwork_supplychoice AS choice WHERE choice.build_line_id = line.id)
    THEN COALESCE(line.supply, '') <> '{Supply.THEY_BUY}'
    ELSE EXISTS (
        SELECT 1 FROM outwork_supplychoice AS choice
        WHERE choice.build_line_id = line.id AND COALESCE(choice.supply, '') <> '{Supply.THEY_BUY}'
    ) OR (COALESCE(line.supply, '') <> '{Supply.THEY_BUY}' AND NOT EXISTS (
        SELECT 1 FROM outwork_supplychoice AS choice
        WHERE choice.build_line_id = line.id AND choice.manufacturer_id = build.manufacturer_id
    )) END
)"""

_STOCK = f"""
SELECT item.part_id, item.location_id, location.company_id, SUM(item.quantity),
       SUM(CASE WHEN item.status IN ({_USABLE}) AND (item.expiry_date IS NULL OR item.expiry_date >= %s)
                THEN item.quantity - item.allocated ELSE 0 END),
       SUM(CASE WHEN item.status IN ({_USABLE}) AND (item.expiry_date IS NULL OR item.expiry_date >= %s)
                THEN 0 ELSE item.quantity - item.allocated END),
       SUM(item.allocated)
FROM outwork_stockitem AS item LEFT JOIN outwork_location AS location ON location.id = item.location_id
WHERE item.part_id IN ({{parts}}) AND item.place IN (0, 1) AND item.quantity > 0 AND NOT item.is_in_production
GROUP BY item.part_id, item.location_id, location.company_id
"""

_FLOWS = f"""
WITH wanted AS ({{parts}}),
waiting AS (
    SELECT line.part_id, purchase.status = {int(OrderStatus.DRAFT)} AS is_draft, line.ordered - line.received AS units
    FROM outwork_purchaseline AS line JOIN outwork_purchaseorder AS purchase ON purchase.id = line.order_id
    WHERE line.part_id IN (SELECT id FROM wanted) AND purchase.status IN ({_ORDERS})
          AND NOT line.is_closed AND line.received < line.ordered
),
making AS (
    SELECT build.part_id, build.quantity - COALESCE((
        SELECT SUM(output.quantity) FROM outwork_buildoutput AS output
        WHERE output.build_id = build.id
              AND output.state IN ({int(OutputState.ACCEPTED)}, {int(OutputState.IN_PRODUCTION)})
    ), 0) - COALESCE((
        SELECT SUM(line.ordered - line.received) FROM outwork_purchaseline AS line
        JOIN outwork_purchaseorder AS purchase ON purchase.id = line.order_id
        WHERE line.build_id = build.id AND purchase.status IN ({_ORDERS})
              AND NOT line.is_closed AND line.received < line.ordered
    ), 0) AS units
    FROM outwork_build AS build
    WHERE build.part_id IN (SELECT id FROM wanted) AND build.status IN ({_BUILDS})
),
flow AS (
    SELECT part_id, CASE WHEN is_draft THEN 0 ELSE units END AS on_order, CASE WHEN is_draft THEN units ELSE 0 END
           AS on_draft, 0 AS in_production, 0 AS scheduled, 0 AS required FROM waiting
    UNION ALL
    SELECT build.part_id, 0, 0, output.quantity, 0, 0
    FROM outwork_buildoutput AS output JOIN outwork_build AS build ON build.id = output.build_id
    WHERE build.part_id IN (SELECT id FROM wanted) AND output.state = {int(OutputState.IN_PRODUCTION)}
    UNION ALL
    SELECT part_id, 0, 0, 0, units, 0 FROM making WHERE units > 0
    UNION ALL
    SELECT line.part_id, 0, 0, 0, 0, line.quantity - line.consumed
    FROM outwork_buildline AS line JOIN outwork_build AS build ON build.id = line.build_id
    WHERE line.part_id IN (SELECT id FROM wanted) AND build.status IN ({_BUILDS})
          AND line.consumed < line.quantity AND NOT line.is_consumable AND NOT line.is_optional AND {OURS}
)
SELECT part_id, SUM(on_order), SUM(on_draft), SUM(in_production), SUM(scheduled), SUM(required) FROM flow GROUP BY part_id
"""


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies of a part at one location; `company_id` None is with us, `location_id` None is not placed.

    `quantity` is all of it, whatever its status, but not what is in production: it is `free`, `allocated`, or of a
    status (or past its date) that may not be used.
    """

    location_id: int | None
    company_id: int | None
    quantity: Decimal
    free: Decimal
    unusable: Decimal
    allocated: Decimal


@dataclass(frozen=True, slots=True)
class Flows:
    """What comes of a part and what open builds still need of it; each unit is counted once.

    `on_order`: on placed orders and those on hold; `on_draft`: on drafts. `in_production`: units that were made and
    wait for a decision. `scheduled`: what open builds are still to make beyond these. `required`: what open builds
    need from us and have not consumed, without consumable and optional lines and those that a manufacturer buys.
    """

    on_order: Decimal = ZERO
    on_draft: Decimal = ZERO
    in_production: Decimal = ZERO
    scheduled: Decimal = ZERO
    required: Decimal = ZERO


NOTHING = Flows()


def lying(part_ids: Collection[int], *, today: datetime.date | None = None) -> dict[int, list[Lying]]:
    """What lies where of each part; one statement. With `today`, lots past their date are not free."""
    found: dict[int, list[Lying]] = defaultdict(list)
    day = datetime.date.min if today is None else today
    for part_id, location_id, company_id, *sums in rows_of(_STOCK, part_ids, before=(day, day)):
        found[part_id].append(Lying(location_id, company_id, *map(scaled, sums)))
    return found


def no_expired(today: datetime.date) -> datetime.date | None:
    """The day whose expired lots are not free: `today`, or none where expired stock may be used; one statement."""
    return None if settings.get("STOCK_ALLOW_EXPIRED_BUILD") else today


def flows(part_ids: Collection[int]) -> dict[int, Flows]:
    """What comes and what is needed of each part; one statement. A part of which nothing is, is not in it."""
    return {part_id: Flows(*map(scaled, sums)) for part_id, *sums in rows_of(_FLOWS, part_ids)}


def meant_for(build_line_ids: Collection[int]) -> dict[int, dict[bool, Decimal]]:
    """What is still to come of what was bought for each build line, placed (True) and on drafts (False); one statement."""
    lines = Demand.objects.filter(build_line__any=build_line_ids).values("line")
    sums: dict[int, dict[bool, Decimal]] = defaultdict(lambda: {True: ZERO, False: ZERO})
    for is_placed, open_for in _open_demands(Demand.objects.filter(line__in=lines)):
        for build_line, quantity in open_for.items():
            sums[build_line][is_placed] += quantity
    return sums


def meant_on(line_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """For which build lines each order line was bought, and what of that is still to come; one statement."""
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    counted: dict[int, tuple[Decimal, Decimal]] = {}
    query = Demand.objects.filter(line__any=line_ids).order_by("line", "pk")
    for line, build_line, quantity, ordered, received in query.values_list(
        "line", "build_line", "quantity", "line__ordered", "line__received"
    ):
        found[line].append((build_line, quantity))
        counted[line] = (ordered, received)
    return {line: still_open(*counted[line], meant) for line, meant in found.items()}


def _open_demands(query: Any) -> Iterable[tuple[bool, dict[int, Decimal]]]:
    """Line by line: whether it is placed, and what is still to come for each build line."""
    columns = ("line", "build_line", "quantity", "line__ordered", "line__received", "line__order__status")
    meant: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    facts: dict[int, tuple[Decimal, Decimal, int]] = {}
    wanted = query.filter(line__is_closed=False, line__order__status__in=sorted(OPEN_ORDER)).order_by("line", "pk")
    for line, build_line, quantity, *fact in wanted.values_list(*columns):
        meant[line].append((build_line, quantity))
        facts[line] = (fact[0], fact[1], fact[2])
    for line, (ordered, received, status) in facts.items():
        yield status != OrderStatus.DRAFT, still_open(ordered, received, meant[line])


def rows_of(statement: str, ids: Collection[int], *, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Run a statement over the ids that stand in it as {parts}; `before` are parameters that stand before them."""
    if not ids:
        return []
    wanted = sorted(set(ids))
    given = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{parts}", _LIST[connection.vendor]), [*before, given])
        return cursor.fetchall()


def scaled(steps: Any) -> Decimal:
    """A quantity as a sum of stored integers gives it."""
    return _QUANTITY.from_db_value(int(steps), None, None) or ZERO if steps else ZERO
