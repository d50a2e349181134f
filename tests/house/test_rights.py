"""Every operation says what right it takes, and every noun, event and subject has somebody who may."""

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
    asked = {right for needed in (*roles.NEEDS.values(), *roles.EVENT_RIGHTS.values()) for right in needed}
    assert asked - special - roles.RIGHTS == set()
    areas = {area for table in (roles.NOUN_AREAS, roles.SUBJECT_AREAS) for names in table.values() for area in names}
    assert areas - roles.AREAS.keys() == set()


def test_every_noun_belongs_to_an_area() -> None:
    assert {model.__name__ for model in NOUNS} == set(roles.NOUN_AREAS)


def test_every_subject_belongs_to_an_area() -> None:
    assert set(roles.SUBJECT_AREAS) == set(SubjectKind)


def test_everything_that_can_be_taken_back_is_taken_back_by_somebody() -> None:
    assert [kind for kind in WAYS if roles.needed_to_reverse(kind) is None] == []
