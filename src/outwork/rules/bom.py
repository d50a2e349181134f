"""The structure of products: what goes into what, how much of everything a number of units needs, what is used where.

Everything works on the distinct lines, each visited once in topological order: enumerating paths explodes on shared
sub-assemblies, and rounding is not linear, so the demands of all parents are added up before a line's requirement is
computed. Parts are named by their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, NoReturn

from outwork.rules.quantities import ZERO
from outwork.rules.refusals import declare, refuse
from outwork.rules.requirement import Need, required

declare(bom_cycle="a part cannot go into itself: {path}")

PartKey = int | str
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Edge:
    """One BOM line: `part` goes into `assembly`."""

    assembly: PartKey
    part: PartKey
    need: Need
    is_optional: bool = False
    is_consumable: bool = False
    is_virtual: bool = False
    do_not_fit: bool = False
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Include:
    """Which lines count. A virtual part that is not included is passed through: what goes into it is still needed."""

    optional: bool = False
    consumable: bool = True
    virtual: bool = False
    do_not_fit: bool = False

    def takes(self, edge: Edge) -> bool:
        """Whether a line counts, virtual or not."""
        return (
            (self.optional or not edge.is_optional)
            and (self.consumable or not edge.is_consumable)
            and (self.do_not_fit or not edge.do_not_fit)
        )


TO_BUILD = Include()
EVERYTHING_FITTED = Include(optional=True, virtual=True)


@dataclass(frozen=True, slots=True)
class Exploded:
    """What is needed of one part, over all places where it goes in.

    `total`: the requirement, with attrition, set-up and rounding (five places). `per_top`: pieces in one unit of the
    top, exact and without any of these. `level`: its lowest place in the structure. `is_assembly`: it was exploded.
    """

    part: PartKey
    total: Decimal
    level: int
    per_top: Decimal
    is_assembly: bool


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line as it stands in the indented structure; `quantity` is in one unit of the top, along this path.

    `repeats`: the part is already above this row, so it is not opened again.
    """

    edge: Edge
    level: int
    quantity: Decimal
    repeats: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """The indented structure; `is_cut` if there were more rows than asked for."""

    rows: tuple[TreeRow, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Use:
    """An assembly that a part goes into; `level` 1 is directly. `quantity`: pieces in one unit of that assembly."""

    assembly: PartKey
    quantity: Decimal
    level: int
    is_top: bool


_Below = dict[PartKey, list[PartKey]]


def _walk(starts: Iterable[PartKey], below: _Below) -> tuple[list[PartKey], list[PartKey] | None]:
    """All that is reached, each after everything above it; or a path that leads back to its beginning."""
    finished: dict[PartKey, None] = {}
    for start in starts:
        if start in finished:
            continue
        path: dict[PartKey, None] = {start: None}
        # The last child first, so that turned round at the end the lines keep the order of the BOM.
        open_ends = [(start, iter(reversed(below.get(start, ()))))]
        while open_ends:
            part, children = open_ends[-1]
            for child in children:
                if child in path:
                    steps = list(path)
                    return [], [*steps[steps.index(child) :], child]
                if child not in finished:
                    path[child] = None
                    open_ends.append((child, iter(reversed(below.get(child, ())))))
                    break
            else:
                open_ends.pop()
                del path[part]
                finished[part] = None
    return list(reversed(finished)), None


def _refuse_cycle(path: Sequence[PartKey], names: Mapping[Any, str] | None) -> NoReturn:
    refuse("bom_cycle", path=" > ".join((names or {}).get(part, str(part)) for part in path))


def _in_order(starts: Iterable[PartKey], below: _Below, names: Mapping[Any, str] | None) -> list[PartKey]:
    order, cycle = _walk(starts, below)
    if cycle:
        _refuse_cycle(cycle, names)
    return order


def find_cycle(edges: Iterable[Edge], adding: Sequence[Edge]) -> list[PartKey] | None:
    """A path of parts that would lead back to its beginning ([A, B, A]) if these lines were added; None if there is none.

    Looks at all that the added lines reach. Every line counts here, fitted or not.
    """
    below: _Below = {}
    for edge in (*edges, *adding):
        below.setdefault(edge.assembly, []).append(edge.part)
    return _walk((edge.assembly for edge in adding), below)[1]


def explode(
    top: PartKey,
    units: Decimal | int,
    edges: Iterable[Edge],
    *,
    include: Include = TO_BUILD,
    stop_at: Collection[PartKey] = frozenset(),
    names: Mapping[Any, str] | None = None,
) -> list[Exploded]:
    """What this many units of the top need of every part, level by level, each part once.

    The requirement of a line is computed from the sum of what all parents of its assembly ask for (semantics A11 for
    one line). Parts in `stop_at` are bought as they are and not opened. Refuses `bom_cycle` and what `required` does.
    """
    lines: dict[PartKey, list[Edge]] = {}
    for edge in edges:
        if edge.assembly not in stop_at and include.takes(edge):
            lines.setdefault(edge.assembly, []).append(edge)
    order = _in_order([top], {part: [edge.part for edge in below] for part, below in lines.items()}, names)
    total: dict[PartKey, Decimal] = dict.fromkeys(order, ZERO) | {top: Decimal(units)}
    per_top: dict[PartKey, Decimal] = dict.fromkeys(order, ZERO) | {top: _ONE}
    level: dict[PartKey, int] = dict.fromkeys(order, 0)
    passed_through = {top}
    with localcontext(prec=60):
        for assembly in order:
            for edge in lines.get(assembly, ()):
                part = edge.part
                total[part] += required(edge.need, total[assembly])
                per_top[part] += per_top[assembly] * edge.need.per_unit
                level[part] = max(level[part], level[assembly] + 1)
                if edge.is_virtual and not include.virtual:
                    passed_through.add(part)
    found = [
        Exploded(part, total[part], level[part], per_top[part], part in lines)
        for part in order
        if part not in passed_through
    ]
    return sorted(found, key=lambda one: one.level)


def tree(top: PartKey, edges: Iterable[Edge], *, include: Include = EVERYTHING_FITTED, limit: int = 2000) -> Tree:
    """The indented structure as people read it, shared sub-assemblies at each of their places, at most `limit` rows.

    For display: a cycle is shown and not followed, and it stops at the limit, however many paths there are.
    """
    lines: dict[PartKey, list[Edge]] = {}
    for edge in edges:
        if include.takes(edge):
            lines.setdefault(edge.assembly, []).append(edge)
    rows: list[TreeRow] = []
    path: list[PartKey] = [top]
    quantities: list[Decimal] = [_ONE]
    open_ends = [iter(lines.get(top, ()))]
    with localcontext(prec=60):
        while open_ends:
            following = next(open_ends[-1], None)
            if following is None:
                open_ends.pop()
                path.pop()
                quantities.pop()
                continue
            if len(rows) == limit:
                return Tree(tuple(rows), is_cut=True)
            part, quantity = following.part, quantities[-1] * following.need.per_unit
            repeats = part in path
            rows.append(TreeRow(following, len(path), quantity, repeats))
            if not repeats and part in lines:
                path.append(part)
                quantities.append(quantity)
                open_ends.append(iter(lines[part]))
    return Tree(tuple(rows), is_cut=False)


def where_used(
    part: PartKey,
    edges: Iterable[Edge],
    *,
    include: Include = EVERYTHING_FITTED,
    names: Mapping[Any, str] | None = None,
) -> list[Use]:
    """Every assembly that a part goes into, directly or further up, nearest first. Refuses `bom_cycle`.

    Quantities are exact, over all paths, without attrition, set-up and rounding.
    """
    lines: dict[PartKey, list[Edge]] = {}
    for edge in edges:
        if include.takes(edge):
            lines.setdefault(edge.part, []).append(edge)
    above = {below: [edge.assembly for edge in uses] for below, uses in lines.items()}
    order = _in_order([part], above, names)
    quantity: dict[PartKey, Decimal] = dict.fromkeys(order, ZERO) | {part: _ONE}
    level: dict[PartKey, int] = {part: 0}
    with localcontext(prec=60):
        for used in order:
            for edge in lines.get(used, ()):
                quantity[edge.assembly] += quantity[used] * edge.need.per_unit
                level[edge.assembly] = min(level.get(edge.assembly, level[used] + 1), level[used] + 1)
    uses = [Use(one, quantity[one], level[one], is_top=one not in lines) for one in order if one != part]
    return sorted(uses, key=lambda use: use.level)
