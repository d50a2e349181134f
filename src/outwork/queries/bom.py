"""Bills of materials: what goes into a part, how much of everything, and where a part is used.

A line that is inherited counts for every variant below its assembly too. Whatever the depth, the distinct lines are
read in one statement and `rules/bom.py` computes over them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from outwork.models import BomLine, BomSubstitute, Part
from outwork.rules import bom
from outwork.rules.bom import EVERYTHING_FITTED, TO_BUILD, Edge, Exploded, Include, Tree, Use
from outwork.rules.quantities import QUANTITY_PLACES, ZERO
from outwork.rules.requirement import Need

# (owner, holder): the part whose BOM is meant, and the part that holds the line: itself or an ancestor. The second
# half of `step` climbs to the ancestors, of which only inherited lines count.
_BELOW = """
WITH RECURSIVE down (owner, holder) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION
    SELECT CASE WHEN step.climbs = 1 THEN down.owner ELSE step.id END, step.id
    FROM down JOIN (
        SELECT assembly_id AS holder, part_id AS id, 0 AS climbs, is_inherited AS counts FROM outwork_bomline
        UNION ALL
        SELECT id, variant_of_id, 1, TRUE FROM outwork_part WHERE variant_of_id IS NOT NULL
    ) AS step ON step.holder = down.holder AND (down.owner = down.holder OR step.counts)
)
SELECT down.owner, line.part_id, line.quantity, line.attrition, line.setup, line.rounding, line.is_optional,
       line.is_consumable OR part.is_consumable, part.is_virtual, line.is_fitted, line.id
FROM down
JOIN outwork_bomline AS line ON line.assembly_id = down.holder AND (down.owner = down.holder OR line.is_inherited)
JOIN outwork_part AS part ON part.id = line.part_id
ORDER BY line.assembly_id, line.position, line.id
"""

# (id, 1): a part whose uses are looked for; (id, 0): an assembly whose variants inherit what was found.
_ABOVE = """
WITH RECURSIVE up (id, is_used) AS (
    SELECT start.id, 1 FROM ({starts}) AS start
    UNION
    SELECT step.id, step.is_used
    FROM up JOIN (
        SELECT part_id AS below, 1 AS below_is_used, assembly_id AS id, 1 AS is_used FROM outwork_bomline
        UNION ALL
        SELECT part_id, 1, assembly_id, 0 FROM outwork_bomline WHERE is_inherited
        UNION ALL
        SELECT variant_of_id, 0, id, 1 FROM outwork_part WHERE variant_of_id IS NOT NULL
        UNION ALL
        SELECT variant_of_id, 0, id, 0 FROM outwork_part WHERE variant_of_id IS NOT NULL
    ) AS step ON step.below = up.id AND step.below_is_used = up.is_used
)
SELECT line.assembly_id, line.part_id, line.quantity, line.attrition, line.setup, line.rounding, line.is_optional,
       line.is_consumable OR part.is_consumable, part.is_virtual, line.is_fitted, line.id, line.is_inherited
FROM up
JOIN outwork_bomline AS line ON line.part_id = up.id
JOIN outwork_part AS part ON part.id = line.part_id
WHERE up.is_used = 1
ORDER BY line.assembly_id, line.position, line.id
"""
_STARTS = {"sqlite": "SELECT value AS id FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[]) AS id"}


@dataclass(frozen=True, slots=True)
class Needed:
    """One part of an explosion, as people name it."""

    part_id: int
    number: str
    name: str
    unit: str
    level: int
    per_top: Decimal
    total: Decimal
    is_assembly: bool


@dataclass(frozen=True, slots=True)
class Used:
    """One assembly that a part goes into, as people name it; level 0: it is only a substitute there."""

    part_id: int
    number: str
    name: str
    level: int
    quantity: Decimal
    is_top: bool


def edges_below(part_ids: Collection[int]) -> list[Edge]:
    """Every line in the structures of these parts, each once for each assembly that it counts for; one statement."""
    edges: list[Edge] = []
    needs: dict[tuple[Any, ...], Need] = {}
    for owner, part, *values in _rows(_BELOW, part_ids):
        edges.append(_edge(owner, part, values, needs))
    return edges


def edges_above(part_id: int) -> list[Edge]:
    """Every line by which a part goes into something, however far up; two statements."""
    found = list(_rows(_ABOVE, [part_id]))
    variants = variants_below(links()) if any(values[-1] for values in found) else {}
    needs: dict[tuple[Any, ...], Need] = {}
    edges = []
    for assembly, part, *values in found:
        for owner in (assembly, *(variants.get(assembly, ()) if values[-1] else ())):
            edges.append(_edge(owner, part, values, needs))
    return edges


def links() -> dict[int, int]:
    """Which part is a variant of which; one statement."""
    query = Part.objects.filter(variant_of__isnull=False).values_list("pk", "variant_of_id")
    return {variant: template for variant, template in query if template is not None}


def templates_above(part_id: int, variant_of: dict[int, int]) -> list[int]:
    """The templates above a part, nearest first."""
    above: list[int] = []
    at = variant_of.get(part_id)
    while at is not None and at not in above and at != part_id:
        above.append(at)
        at = variant_of.get(at)
    return above


def variants_below(variant_of: dict[int, int]) -> dict[int, list[int]]:
    """All variants of each template, variants of variants too."""
    below: dict[int, list[int]] = defaultdict(list)
    for variant in variant_of:
        seen = {variant}
        above = variant_of.get(variant)
        while above is not None and above not in seen:
            below[above].append(variant)
            seen.add(above)
            above = variant_of.get(above)
    return below


def labels(part_ids: Iterable[int]) -> dict[int, str]:
    """How people name parts; one statement."""
    query = Part.objects.filter(pk__any=list(part_ids)).values_list("pk", "number", "name")
    return {pk: number or name for pk, number, name in query}


def lines_of(part: Part) -> list[BomLine]:
    """The BOM of a part with the parts in it: its own lines in their order, then those it inherits; two statements."""
    above = templates_above(part.pk, links()) if part.variant_of_id is not None else []
    lines = BomLine.objects.filter(assembly__any=[part.pk, *above]).select_related("part")
    order = {pk: place for place, pk in enumerate([part.pk, *above])}
    counting = [line for line in lines if line.assembly_id == part.pk or line.is_inherited]
    return sorted(counting, key=lambda line: (order[line.assembly_id], line.position, line.pk))


def explosion(part: Part, units: Decimal | int, *, include: Include = TO_BUILD) -> list[Needed]:
    """What so many units of a part need of every part below it, level by level; two statements.

    Refuses bom_cycle (that somebody else's hand has put into the database) and what a requirement refuses.
    """
    edges = edges_below([part.pk])
    parts = _parts({edge.part for edge in edges})
    names: dict[Any, str] = {pk: number or name for pk, (number, name, _) in parts.items()}
    exploded = bom.explode(part.pk, units, edges, include=include, names=names | {part.pk: part.label})
    return [_needed(one, *parts[int(one.part)]) for one in exploded]


def structure(part: Part, *, include: Include = EVERYTHING_FITTED, limit: int = 2000) -> tuple[Tree, dict[int, str]]:
    """The indented structure of a part, and how its parts are named; two statements."""
    edges = edges_below([part.pk])
    return bom.tree(part.pk, edges, include=include, limit=limit), labels({int(edge.part) for edge in edges})


def where_used(part: Part, *, include: Include = EVERYTHING_FITTED) -> list[Used]:
    """Every assembly that a part goes into, nearest first, then those where it is a substitute; four statements at most."""
    uses = bom.where_used(part.pk, edges_above(part.pk), include=include)
    substitutes = [
        Use(assembly, quantity, 0, is_top=False)
        for assembly, quantity in BomSubstitute.objects.filter(part=part).values_list(
            "bom_line__assembly_id", "bom_line__quantity"
        )
    ]
    parts = _parts({use.assembly for use in (*uses, *substitutes)})
    return [_used(use, *parts[int(use.assembly)]) for use in (*uses, *substitutes)]


def _needed(one: Exploded, number: str, name: str, unit: str) -> Needed:
    return Needed(int(one.part), number, name, unit, one.level, one.per_top, one.total, one.is_assembly)


def _used(use: Use, number: str, name: str, _unit: str) -> Used:
    return Used(int(use.assembly), number, name, use.level, use.quantity, use.is_top)


def _parts(part_ids: Iterable[Any]) -> dict[int, tuple[str, str, str]]:
    query = Part.objects.filter(pk__any=list(part_ids)).values_list("pk", "number", "name", "unit")
    return {pk: (number, name, unit) for pk, number, name, unit in query}


def _rows(statement: str, part_ids: Collection[int]) -> list[tuple[Any, ...]]:
    if not part_ids:
        return []
    given = json.dumps(list(part_ids)) if connection.vendor == "sqlite" else list(part_ids)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{starts}", _STARTS[connection.vendor]), [given])
        return cursor.fetchall()


def _edge(owner: int, part: int, values: list[Any], needs: dict[tuple[Any, ...], Need]) -> Edge:
    quantity, attrition, setup, rounding, optional, consumable, virtual, fitted, line_id, *_ = values
    key = (quantity, attrition, setup, rounding)
    need = needs.get(key)
    if need is None:
        need = needs[key] = Need(
            per_unit=_scaled(quantity),
            attrition_percent=_scaled(attrition),
            setup=_scaled(setup),
            rounding=None if rounding is None else _scaled(rounding),
        )
    return Edge(
        owner,
        part,
        need,
        is_optional=bool(optional),
        is_consumable=bool(consumable),
        is_virtual=bool(virtual),
        do_not_fit=not fitted,
        line_id=line_id,
    )


def _scaled(steps: int) -> Decimal:
    return Decimal(steps).scaleb(-QUANTITY_PLACES) if steps else ZERO
