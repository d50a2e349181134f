"""A story is scenes, each on a day: this collects them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outwork.cli.demo_company.stage import Stage

Play = Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens on one day, so many days ago."""

    ago: int
    title: str
    play: Play


class Script(list[Scene]):
    """The scenes of one thread of the story; threads are told together, day by day."""

    def on(self, ago: int, title: str) -> Callable[[Play], Play]:
        """Add a scene."""

        def add(play: Play) -> Play:
            self.append(Scene(ago, title, play))
            return play

        return add
