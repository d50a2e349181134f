"""What there is to know about a noun of the master data before a row of it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from outwork.models import Event
from outwork.operations.master_data.batch import Check

Values = Mapping[str, Any]
Turn = tuple[Values | None, Values | None]


@dataclass(frozen=True, slots=True)
class Unique:
    """Fields (attribute names) that no two rows share; `by` is the one to search by.

    With a None among them rows are told apart, unless `nulls` says that it counts as a value. `ignores_case`: texts
    that differ in nothing else are the same.
    """

    fields: tuple[str, ...]
    by: str
    code: str = "exists_already"
    nulls: bool = False
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun: its fields by what may be said of them, and its checks, which also fill in what follows.

    `derived`: kept by the checks and never given. `filled`: may be left out, a check fills it in. `fixed`: not
    changed later. `required`: texts that are not empty. `positive`: numbers that are not 0. `before` and `after`
    run around the writing, `removal` and `after_removal` around the removal. `documents`: whose history a row
    belongs to, by attribute name. `followed`: what else changes with the rows, within the same event. `noted`:
    what is kept of each change beside the event, from what a row was (None: new) and is (None: removed).
    """

    model: type[Model]
    word: str
    derived: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()
    unique: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    before: tuple[Check, ...] = ()
    after: tuple[Check, ...] = ()
    removal: tuple[Check, ...] = ()
    after_removal: tuple[Callable[[list[Any]], None], ...] = ()
    documents: tuple[tuple[type[Model], str], ...] = ()
    followed: tuple[Callable[[Sequence[Values], Event], None], ...] = ()
    noted: tuple[Callable[[Sequence[Turn], Event], None], ...] = ()
