"""Which sub-assemblies are to be built for a build, at every depth, and how many of each: stock is netted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from outwork.rules.quantities import ZERO
from outwork.rules.requirement import Need, required


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of a sub-assembly is wanted by a build: `parent` is None for the build it all is for."""

    parent: int | None
    part_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SubAssembly:
    """An assembly on the BOM of another one, and how much of it that asks for."""

    part_id: int
    need: Need


@dataclass(frozen=True, slots=True)
class SubBuild:
    """A build to be made. `parent` is the place of its parent in the plan; None is the build it all is for.

    `wanted` is what the parent misses, `from_stock` what of that lies free, `quantity` the rest, whole for trackable
    assemblies; in the part's unit.
    """

    parent: int | None
    part_id: int
    wanted: Decimal
    from_stock: Decimal
    quantity: Decimal
    depth: int


@dataclass(slots=True)
class SubBuildPlan:
    """The plan as it grows level by level; `free` is what is left of each part's stock."""

    free: dict[int, Decimal]
    whole: set[int]
    builds: list[SubBuild] = field(default_factory=list)

    def level(self, wanted: Sequence[Wanted], depth: int) -> list[int]:
        """Net one level against the stock; gives the places in the plan of what is to be built of it."""
        sums: dict[tuple[int | None, int], Decimal] = defaultdict(Decimal)
        for one in wanted:
            sums[one.parent, one.part_id] += one.quantity
        made = []
        for (parent, part_id), quantity in sums.items():
            taken = min(quantity, max(ZERO, self.free.get(part_id, ZERO)))
            self.free[part_id] = self.free.get(part_id, ZERO) - taken
            left = quantity - taken
            if part_id in self.whole:
                left = left.to_integral_value(ROUND_CEILING)
            if left > 0:
                made.append(len(self.builds))
                self.builds.append(SubBuild(parent, part_id, quantity, taken, left, depth))
        return made

    def below(self, places: Sequence[int], boms: Mapping[int, Sequence[SubAssembly]]) -> list[Wanted]:
        """What the builds at these places want in their turn: the whole requirement of each."""
        return [
            Wanted(place, one.part_id, required(one.need, self.builds[place].quantity))
            for place in places
            for one in boms.get(self.builds[place].part_id, ())
        ]
