"""Required tests before units are accepted, where the company wants that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outwork.models import Build, BuildOutput, StockItem
from outwork.queries.settings import get
from outwork.queries.test_results import templates_of, unmet
from outwork.rules.refusals import Reasons, declare

declare(tests_unmet="{unit}: {tests}; record the tests, or accept it with a concession")

SETTING = "PREVENT_BUILD_COMPLETION_HAVING_INCOMPLETED_TESTS"


def tests_are_required(build: Build) -> bool:
    """Whether units of a build have to pass tests before they are accepted; nothing is asked for parts without tests."""
    may_have_tests = build.part.is_testable or build.part.variant_of_id is not None
    return may_have_tests and bool(get(SETTING)) and bool(templates_of([build.part_id]))


def require_tests(build: Build, outputs: Sequence[BuildOutput]) -> None:
    """Refuse units whose required tests are missing or failed (tests_unmet), each with its tests; four statements."""
    if not tests_are_required(build):
        return
    items = [one.item_id for one in outputs if one.item_id is not None]
    lacking = unmet(items)
    if not lacking:
        return
    names = _names(lacking)
    reasons = Reasons()
    for index, one in enumerate(outputs):
        if one.item_id is not None and (tests := lacking.get(one.item_id)):
            reasons.add("tests_unmet", unit=names[one.item_id], tests=tests, where=(index, "output"))
    reasons.raise_any()


def _names(item_ids: Iterable[int]) -> dict[int, str]:
    """How people name units: by serial number, else by batch, else by the number of the item."""
    found = StockItem.objects.filter(pk__any=list(item_ids)).values_list("pk", "serial", "batch")
    return {pk: serial or (f"batch {batch}" if batch else f"item {pk}") for pk, serial, batch in found}
