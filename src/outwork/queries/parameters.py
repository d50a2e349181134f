"""Parameters as people read them: of one thing, and what each is said of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from outwork.models import Parameter
from outwork.queries.subjects import find_subjects
from outwork.rules.subjects import SubjectKind


@dataclass(frozen=True, slots=True)
class Property:
    """One parameter: as it was written, and as a number in the unit where it is one."""

    id: int
    name: str
    text: str
    number: float | None
    unit: str
    note: str


def parameters_of(kind: SubjectKind, ids: Collection[int]) -> dict[int, list[Property]]:
    """The parameters of each subject, by name; one statement."""
    found: dict[int, list[Property]] = defaultdict(list)
    query = Parameter.objects.filter(subject_kind=kind.value, subject_id__any=ids).order_by("template__name")
    names = ("pk", "template__name", "text", "number", "template__unit", "note")
    for subject_id, *values in query.values_list("subject_id", *names):
        found[subject_id].append(Property(*values))
    return found


def names_of(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What people call each subject; one statement for each kind."""
    wanted: dict[SubjectKind, set[int]] = defaultdict(set)
    for kind, pk in subjects:
        wanted[SubjectKind(kind)].add(pk)
    return {(kind.value, pk): str(row) for kind, ids in wanted.items() for pk, row in find_subjects(kind, ids).items()}
