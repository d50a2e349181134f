"""Which numbers are amounts of money in what an operation says and refuses, and what is shown of them to who may not see any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from outwork.rules.refusals import Reason

HIDDEN = "(hidden)"

# In what is said beside an answer; shown with its currency.
AMOUNTS_SAID: dict[str, set[str]] = {"more_is_cheaper": {"total"}, "receipts_restated": {"before", "after"}}
# In refusals, as far as nobody has just written it into the request.
AMOUNTS_REFUSED: dict[str, set[str]] = {"credit_beyond_value": {"value"}}


def said_without_amounts(said: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What an operation says, with a word instead of each amount."""
    return [_hidden(one, AMOUNTS_SAID.get(one["code"], set())) for one in said]


def reasons_without_amounts(reasons: Iterable[Reason]) -> list[Reason]:
    """Reasons to refuse, with a word instead of each amount."""
    return [replace(one, params=_hidden(one.params, AMOUNTS_REFUSED.get(one.code, set()))) for one in reasons]


def _hidden(numbers: Mapping[str, Any], amounts: set[str]) -> dict[str, Any]:
    return {key: HIDDEN if key in amounts else value for key, value in numbers.items()}
