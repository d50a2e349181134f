"""What all races share: how often they are run, and who won and who was told no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from outwork.operations.recording import Done
from outwork.rules.refusals import Refusal
from tests.races import at_once

ROUNDS = 5
LONG = 60

rounds = pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(LONG, marks=pytest.mark.soak)])


def race(*calls: Callable[[], Any]) -> tuple[list[Done], list[Refusal]]:
    """Run the calls at the same moment; gives what was done, and the refusals. Anything else fails the test."""
    done, refused = outcomes(*calls)
    return list(filter(None, done)), list(filter(None, refused))


def outcomes(*calls: Callable[[], Any]) -> tuple[list[Done | None], list[Refusal | None]]:
    """The same, in the order of the calls: None where the other list has the outcome."""
    found = at_once(*calls)
    for one in found:
        if not isinstance(one, (Done, Refusal)):  # a deadlock, a locked database, a broken constraint
            raise AssertionError(f"neither done nor refused: {one!r}") from one
    return [one if isinstance(one, Done) else None for one in found], [
        one if isinstance(one, Refusal) else None for one in found
    ]


def numbers(refusals: Sequence[Refusal], code: str, *names: str) -> list[tuple[int, ...]]:
    """The numbers that the losers were given; all of them must have been refused for this one reason."""
    assert [one.codes for one in refusals] == [[code]] * len(refusals)
    return [tuple(int(one.reasons[0].params[name]) for name in names) for one in refusals]
