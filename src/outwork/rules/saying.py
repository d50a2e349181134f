"""What an operation says beside its answer: warnings and explanations, each code with its sentence.

An operation puts `{"code": ..., numbers ...}` into `Done.said`; the sentence is made late, as that of a refusal is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from outwork.rules.hiding import AMOUNTS_SAID, HIDDEN
from outwork.rules.quantities import amount_text
from outwork.rules.refusals import shown

SAID: dict[str, str] = {
    "allocated_but_not_available": "{item} is {status} now; the {quantity} allocated of it stay allocated",
    "allocated_on_arrival": "{quantity} of {part} are allocated to {build}, for which they were bought ({location})",
    "allocation_moved": "{quantity} of {item} that are allocated to {build} went along",
    "allocation_not_restored": "{quantity} of {item} are not allocated to {build} again: they went elsewhere since",
    "allocation_shrunk": "{quantity} of {item} are no longer allocated to {build}",
    "announced_exceeded": "{part}: {more} more came than the {announced} announced (delivery {delivery})",
    "announced_missing": "{part}: {missing} of the {announced} announced did not come{serials} (delivery {delivery})",
    "announced_more_than_open": "{part}: {announced} are announced by now, and {open} are open",
    "announced_other_serials": "{part}: {serials} came and were not listed (delivery {delivery})",
    "already_there": "{item} lies at {location} already",
    "build_cost_restated": "What the units of {builds} cost changed with it",
    "build_cancelled": "{build} is cancelled: what arrived for it is ordinary stock",
    "build_complete": "{build} is complete: what arrived for it is accepted at once",
    "build_issued": "{build} is in production now, and its lines are frozen",
    "build_on_hold": "{build} is on hold and stays so",
    "build_links_left_out": "The lines are not linked to {builds}: link them if they are to deliver them again",
    "line_left_out": "{part}: {sku} is not active any more, so its line was left out",
    "build_overordered": "{build} is for {planned} units, and {ordered} are ordered now",
    "line_not_copied": "{part} was not copied: {reason}",
    "substitute_not_copied": "The substitute {part} was not copied: {reason}",
    "components_to_fit": (
        "{quantity} units of {build} wait for {parts}: say which component is in which, then accept them"
    ),
    "dedication_shrunk": "{quantity} of {part} are no longer bought for {build}",
    "excess_freed": "{quantity} of {part} are free again: no longer needed",
    "left_behind": "{quantity} of {item} are {status} and stay where they are",
    "line_merged": "{part}: added to line {position}, which is {ordered} now",
    "consumed_less": "{build} counts {quantity} of {part} as not used any more",
    "line_overallocated": "{part}: {allocated} are allocated, {needed} are needed",
    "more_is_cheaper": "{packs} packs would cost less: {total} in all",
    "parent_fed": "{quantity} of {part} are allocated to {build}",
    "order_placed_again": "{order} was complete and is placed again: it is owed what goes back",
    "return_rate_missing": (
        "No rate for {currency}: what {document} comes to is worth unknown until one is entered (outwork rate set)"
    ),
    "part_not_released": "{part} is not released: it is {stage}",
    "rate_missing": (
        "No rate for {currency} on {day}: what was received on {order} is worth unknown until one is entered"
        " (outwork rate set {currency} {day} RATE)"
    ),
    "receipts_restated": "What was received on {order} is worth {after} now; it was {before}",
    "rounded_up_to_packs": "{part}: {ordered} are ordered instead of {asked}, in whole packs",
    "serials_not_reserved": "{part}: {serials} are not among the serial numbers reserved for it ({reserved})",
    "serials_of_another": "{part}: {serials} are reserved for another order line or build",
    "shortfall": "{part}: {quantity} are due for what was built and are not there ({mends})",
    "tests_come_first": "The units for {build} wait for their tests before they are accepted",
    "still_on_order": "{order} still has {quantity} on order",
    "value_rate_missing": (
        "No rate for {currency} on {day}: the value stays unknown until it is stated once more"
        " (outwork rate set {currency} {day} RATE)"
    ),
    "without_serials": (
        "{part}: {quantity} came with neither serial numbers nor a batch, and nobody can tell them from others later;"
        " give them a batch, or take the receipt back and receive them with their serial numbers"
    ),
}

# "unknown" stays a word where an amount is said, and so does what is hidden.
_WORDS = ("unknown", HIDDEN)


def sentence(said: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """The sentence for people; `translate` is gettext where there is one."""
    return translate(SAID[said["code"]]).format(**_texts(said))


def _texts(said: Mapping[str, Any]) -> dict[str, Any]:
    texts = {key: shown(value) for key, value in said.items()}
    for key in AMOUNTS_SAID.get(said["code"], ()):
        if said[key] not in _WORDS:
            texts[key] = amount_text(Decimal(said[key]), said["currency"])
    return texts
