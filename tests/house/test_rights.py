"""Every operation says what right it takes, and every noun, event and subject has somebody who may."""

import ast
import importlib
import inspect
from collections.abc import Iterator

import pytest

from outwork.operations.master_data import NOUNS
from outwork.operations.taking_back import WAYS
from outwork.rules import roles
from outwork.rules.subjects import SubjectKind
from tests.house.operations import every_operation


def test_every_operation_stands_in_the_table() -> None:
    """Add a new one to NEEDS in rules/roles.py; until then only superusers may do it."""
    assert set(every_operation()) - roles.NEEDS.keys() == set()
    assert roles.NEEDS.keys() - set(every_operation()) == set()


def test_every_right_that_is_asked_for_can_be_given() -> None:
    special = {*roles.BY_NOUN, *roles.BY_EVENT, *roles.BY_SUBJECT}
    asked = {one for needed in roles.NEEDS.values() for one in needed}
    assert {right for one in asked - special for right in one} - roles.RIGHTS == set()
    areas = {area for table in (roles.NOUN_AREAS, roles.SUBJECT_AREAS) for names in table.values() for area in names}
    assert areas - roles.AREAS.keys() == set()


def test_every_noun_belongs_to_an_area() -> None:
    assert {model.__name__ for model in NOUNS} == set(roles.NOUN_AREAS)


def test_every_subject_belongs_to_an_area() -> None:
    assert set(roles.SUBJECT_AREAS) == set(SubjectKind)


def test_what_can_be_taken_back_takes_the_right_to_do_it() -> None:
    assert set(roles.MADE_BY) == set(WAYS)
    for kind, name in roles.MADE_BY.items():
        assert roles.needed_to_reverse(kind) == roles.NEEDS[name]
    assert roles.needed_to_reverse("stock.reversed") is None
    assert roles.NEEDS["unreceive"] == roles.needed_to_reverse("order.received")


def written_by(name: str) -> Iterator[str]:
    """The texts in an operation and in the functions of its module that it calls, directly or not."""
    module = importlib.import_module(every_operation()[name].__module__)
    functions = {
        node.name: node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)
    }
    waiting, seen = [name], set()
    while waiting:
        function = waiting.pop()
        seen.add(function)
        for node in ast.walk(functions[function]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.Name) and node.id in functions.keys() - seen:
                waiting.append(node.id)


@pytest.mark.parametrize("kind", sorted(roles.MADE_BY))
def test_the_operation_named_makes_events_of_the_kind(kind: str) -> None:
    assert kind in set(written_by(roles.MADE_BY[kind]))


def test_one_right_or_all_of_them() -> None:
    either, both = roles.any_of("part.add", "bom.add"), roles.all_of("part.add", "bom.add")
    one, two = frozenset({"bom.add"}), frozenset({"bom.add", "part.add"})
    assert [roles.is_met(needed, one) for needed in (either, both, roles.EVERYBODY, None)] == [True, False, True, False]
    assert roles.is_met(both, two)
    assert roles.in_words(either) == "add parts or add bills of materials"
    assert roles.in_words(both) == "add parts and add bills of materials"
    assert roles.in_words(either + roles.any_of("stock.view")) == (
        "(add parts or add bills of materials) and view stock"
    )
