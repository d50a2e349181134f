"""People say something about documents, and tag what they want to find again."""

from __future__ import annotations

import pytest

from outwork.models import Comment, Event, Tag
from outwork.operations.commenting import change_comment, remove_comment, tag_subjects, write_comment
from outwork.queries.subjects import comments_of, tagged, tags_of
from outwork.rules.subjects import SubjectKind


@pytest.fixture
def subject(shop):
    return (SubjectKind.PART, shop.part("R-10K").pk)


def test_it_works(shop, subject):
    done = write_comment(subject=subject, text="  Ask for **ROHS**.  ", **shop.by_ada)
    (comment,) = comments_of(*subject)
    assert (comment.pk, comment.text, comment.author, comment.written_at) == (
        done.ids[0],
        "Ask for **ROHS**.",
        shop.ada,
        shop.now,
    )
    assert Event.objects.get(pk=done.event_id).part_id == subject[1]


def test_ones_own_is_changed_and_removed(shop, subject):
    pk = write_comment(subject=subject, text="one", **shop.by_ada).ids[0]
    assert shop.refused(change_comment, comment=pk, text="mine", **shop.by_bo) == [("comment_of_another", ("comment",))]
    change_comment(comment=pk, text="two", **shop.by_ada)
    assert (comments_of(*subject)[0].text, comments_of(*subject)[0].changed_at) == ("two", shop.now)
    assert shop.refused(remove_comment, comment=pk, **shop.by_bo) == [("comment_of_another", ("comment",))]
    done = remove_comment(comment=pk, **shop.by_ada)
    assert comments_of(*subject) == []
    assert Event.objects.get(pk=done.event_id).data == {"before": "two"}
    assert shop.refused(remove_comment, comment=pk, **shop.by_ada) == [("comment_unknown", ("comment",))]


def test_refuses_what_says_nothing(shop, subject):
    assert shop.refused(write_comment, subject=subject, text=" ") == [("comment_empty", ("text",))]
    assert shop.refused(write_comment, subject=subject, text="x" * 10_001) == [("comment_too_long", ("text",))]
    assert shop.refused(write_comment, subject=subject, text="\x00") == [("text_invalid", ("text",))]
    assert shop.refused(write_comment, subject=(SubjectKind.EVENT, 1), text="x") == [
        ("subject_kind_unknown", (0, "subject_kind"))
    ]
    assert shop.refused(write_comment, subject=(SubjectKind.BUILD, 47110815), text="x") == [
        ("subject_unknown", (0, "subject"))
    ]
    assert not Comment.objects.exists()


def test_things_are_tagged_and_found(shop, subject):
    other = (SubjectKind.PART, shop.part("C-1U").pk)
    tag_subjects(subjects=[subject, other], add=["ROHS", " pilot "], **shop.by_ada)
    tag_subjects(subjects=[other], add=["rohs"], remove=["Pilot", "never"], **shop.by_ada)
    ids = [subject[1], other[1]]
    assert tags_of(SubjectKind.PART, ids) == {ids[0]: ["pilot", "rohs"], ids[1]: ["rohs"]}
    assert tagged(SubjectKind.PART, ["RoHS"]) == set(ids)
    assert tagged(SubjectKind.PART, ["rohs", "pilot"]) == {ids[0]}
    assert tagged(SubjectKind.BUILD, ["rohs"]) == set()


def test_refuses_tags_that_are_none(shop, subject):
    assert shop.refused(tag_subjects, subjects=[subject]) == [("tags_missing", ("add",))]
    assert shop.refused(tag_subjects, subjects=[], add=["x"]) == [("rows_missing", ())]
    assert shop.refused(tag_subjects, subjects=[subject], add=[" ", "x" * 51]) == [
        ("tags_missing", ("add", 0)),
        ("text_too_long", ("add", 1, "word")),
    ]
    assert not Tag.objects.exists()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    subjects = [(SubjectKind.PART, shop.part(f"P-{n}").pk) for n in range(count)]
    with statements() as seen:
        tag_subjects(subjects=subjects, add=["one", "two"], remove=["three"], **shop.by_ada)
    assert seen == 5
    assert Tag.objects.count() == 2 * count
