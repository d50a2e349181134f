"""Let the outputs of builds bear what the builds cost by now, level by level upwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outwork.ledger.held import Held
from outwork.ledger.revalue import Statement, restate
from outwork.models import Build, Event
from outwork.queries.build_costs import BuildBooks, Costing, books_of
from outwork.queries.builds import references
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import declare, refuse
from outwork.rules.valuation import Value

declare(
    cost_in_circles="The cost of {builds} goes in circles: units of each went into another one of them",
)

# Assemblies a hundred levels deep do not exist; units that went round between builds in a circle may.
_LEVELS = 100


def settle_cost(build: Build, event: Event, held: dict[int, Held] | None = None) -> None:
    """Let the outputs of a build bear what it costs by now; of a closed build the good ones bear everything.

    What their units went into bears its part, up to the builds that used them and those builds' outputs. Done
    once more, it posts the difference only. The caller holds the build; `held` are items it has locked already.
    Refuses cost_in_circles.
    """
    settle(event, {} if held is None else held, builds=[build.pk])


def settle(
    event: Event, held: dict[int, Held], *, statements: Sequence[Statement] = (), builds: Iterable[int] = ()
) -> set[int]:
    """Post what movements are worth now, then let the builds met (and those named) bear it, level by level.

    Gives the builds whose outputs bear something else than before. A constant number of statements for each level.
    """
    waiting, stated, changed = set(builds), list(statements), set[int]()
    for _ in range(_LEVELS):
        if stated:
            waiting |= restate(event, held, stated)
        stated = [one for books in books_of(waiting).values() for one in _differences(books)] if waiting else []
        if not stated:
            break
        waiting = set()
        changed |= {one.build_id for one in stated if one.build_id is not None}
    else:
        refuse("cost_in_circles", builds=sorted(references(changed).values()))
    return changed


def _differences(books: BuildBooks) -> list[Statement]:
    """What the outputs of a build have to bear and do not bear yet."""
    return [
        one
        for output_id, value in sorted(books.targets().items())
        for one in _stated(books, output_id, value, books.costings.get(output_id, []))
    ]


def _stated(books: BuildBooks, output_id: int, value: Value, costings: Sequence[Costing]) -> list[Statement]:
    """The first cost of an output, or what its last one is worth now; those before it stay as they are."""
    item_id = books.outputs[output_id].item_id
    if books.borne(output_id) == value:
        return []
    if not costings:
        return [Statement(item_id, value, None, books.build_id, output_id)]
    *before, last = costings
    documents = (books.build_id, output_id)
    unknown = [one for one in before if one.value is None and value is not None]
    if value is not None:
        value -= sum((one.value for one in before if one.value is not None), ZERO)
    stated = [Statement(item_id, ZERO, one.movement_id, *documents) for one in unknown]
    return [*stated, Statement(item_id, value, last.movement_id, *documents)]
