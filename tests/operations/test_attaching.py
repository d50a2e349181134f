"""Files and links hang on things; a file is stored once, whole, and told by its content."""

from __future__ import annotations

import io
import os
import time

import pytest
from django.conf import settings

from outwork.models import Attachment, Event, Part
from outwork.operations.attaching import (
    NewAttachment,
    attach,
    change_attachment,
    detach,
    prune_files,
    set_image,
    store_file,
)
from outwork.queries.subjects import attachments_of, file_of
from outwork.rules.refusals import Refusal
from outwork.rules.subjects import SubjectKind

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
PDF = b"%PDF-1.7 sheet"


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_FOLDER", tmp_path)


@pytest.fixture
def part(shop) -> Part:
    return shop.part("R-10K")


def stored(content: bytes = PDF, name: str = "sheet.pdf"):
    return store_file(io.BytesIO(content), name=name)


def on(part: Part, content: bytes = PDF, name: str = "sheet.pdf", **facts) -> NewAttachment:
    return NewAttachment(SubjectKind.PART, part.pk, name, stored(content, name), **facts)


def files(folder) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_it_works(shop, part, tmp_path):
    done = attach(attachments=[on(part, comment="the maker's")], **shop.by_ada)
    (one,) = attachments_of(SubjectKind.PART, [part.pk])[part.pk]
    assert done.ids == [one.pk]
    assert (one.name, one.media_type, one.size, one.comment) == (
        "sheet.pdf",
        "application/pdf",
        len(PDF),
        "the maker's",
    )
    assert (one.uploaded_by, one.uploaded_at) == (shop.ada, shop.now)
    assert file_of(one.digest).read_bytes() == PDF
    assert Event.objects.get(pk=done.event_id).part_id == part.pk


def test_the_same_file_is_stored_once(shop, part, tmp_path):
    attach(attachments=[on(part), on(part, name="again.pdf")], **shop.by_ada)
    assert len(files(tmp_path)) == 1
    assert Attachment.objects.count() == 2


def test_a_link_needs_no_file(shop, part):
    given = NewAttachment(SubjectKind.PART, part.pk, "Sheet", link="https://example.com/sheet.pdf")
    attach(attachments=[given], **shop.by_ada)
    assert Attachment.objects.get().link == "https://example.com/sheet.pdf"


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PNG, "board.png", "image/png"),
        (PNG, "board.txt", "image/png"),
        (b"\xff\xd8\xff\xe0", "photo.jpg", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "photo.webp", "image/webp"),
        (b"<svg onload=alert(1)>", "logo.svg", "image/svg+xml"),
        (b"<html>", "page.html", "text/html"),
        (b"R1,R2", "bom.csv", "text/csv"),
        (b"\x00\x01", "gerbers", "application/octet-stream"),
    ],
)
def test_the_content_says_what_it_is(content, name, media_type):
    assert stored(content, name).media_type == media_type


def test_refuses_what_no_file_should_be(tmp_path, shop):
    for content, name, code in (
        (b"", "empty.pdf", "attachment_empty"),
        (b"<script>", "photo.png", "attachment_not_what_it_says"),
    ):
        with pytest.raises(Refusal) as refused:
            stored(content, name)
        assert refused.value.code == code
    assert files(tmp_path) == []


@pytest.mark.parametrize("limit", [1, 2])
def test_how_large_a_file_may_be(shop, tmp_path, limit):
    shop.switch_on("ATTACHMENT_MAX_MB", limit)
    large = limit * 1024 * 1024
    stored(b"x" * large, "large.bin")
    with pytest.raises(Refusal) as refused:
        stored(b"x" * (large + 1), "larger.bin")
    assert refused.value.code == "attachment_too_large"
    assert len(files(tmp_path)) == 1


def test_refuses_everything_wrong_at_once(shop, part):
    file = stored()
    given = [
        NewAttachment("planet", part.pk, "x", file),
        NewAttachment(SubjectKind.BUILD, 47110815, "x", file),
        NewAttachment(SubjectKind.PART, part.pk, " ", file),
        NewAttachment(SubjectKind.PART, part.pk, "x"),
        NewAttachment(SubjectKind.PART, part.pk, "x", file, link="https://example.com"),
        NewAttachment(SubjectKind.PART, part.pk, "x", link="javascript:alert(1)"),
        NewAttachment(SubjectKind.PART, part.pk, "x", type(file)("0" * 64, 1, "text/plain")),
    ]
    assert shop.refused(attach, attachments=given) == [
        ("subject_kind_unknown", (0, "subject_kind")),
        ("subject_unknown", (1, "subject")),
        ("attachment_unnamed", (2, "name")),
        ("attachment_needs_one", (3, "file")),
        ("attachment_needs_one", (4, "file")),
        ("attachment_link_invalid", (5, "link")),
        ("attachment_file_missing", (6, "file")),
    ]
    assert shop.refused(attach, attachments=[]) == [("rows_missing", ())]
    assert not Attachment.objects.exists()


def test_a_picture_is_shown(shop, part):
    done = attach(attachments=[on(part, PNG, "board.png")], as_image=True, **shop.by_ada)
    part.refresh_from_db()
    assert part.image_id == done.ids[0]
    set_image(subject=part, attachment=None, **shop.by_ada)
    part.refresh_from_db()
    assert part.image_id is None


def test_refuses_a_picture_that_is_none(shop, part):
    assert shop.refused(attach, attachments=[on(part)], as_image=True) == [("attachment_no_image", (0, "file"))]
    other = attach(attachments=[on(shop.part("C-1U"), PNG, "c.png")], **shop.by_ada).ids[0]
    sheet = attach(attachments=[on(part)], **shop.by_ada).ids[0]
    assert shop.refused(set_image, subject=part, attachment=other) == [("attachment_of_another", ("attachment",))]
    assert shop.refused(set_image, subject=part, attachment=sheet) == [("attachment_no_image", ("attachment",))]
    assert shop.refused(set_image, subject=part, attachment=47110815) == [("attachment_unknown", (0, "attachment"))]


def test_it_is_named_otherwise(shop, part):
    pk = attach(attachments=[on(part)], **shop.by_ada).ids[0]
    change_attachment(attachment=pk, name="Datasheet", comment="rev B", **shop.by_ada)
    one = Attachment.objects.get()
    assert (one.name, one.comment) == ("Datasheet", "rev B")
    assert shop.refused(change_attachment, attachment=pk, name=" ") == [("attachment_unnamed", ("name",))]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_nothing_names_is_pruned_when_it_is_old(shop, part, tmp_path):
    first, second = attach(attachments=[on(part, PNG, "a.png"), on(part)], as_image=False, **shop.by_ada).ids
    set_image(subject=part, attachment=first, **shop.by_ada)
    detach(attachments=[first], **shop.by_ada)
    part.refresh_from_db()
    assert part.image_id is None
    assert len(files(tmp_path)) == 2  # young: somebody may be about to attach it again
    for file in tmp_path.rglob("*"):
        os.utime(file, (time.time() - 90_000,) * 2)
    assert prune_files() == 1
    assert [file_of(Attachment.objects.get(pk=second).digest).name] == files(tmp_path)
    assert prune_files() == 0
    detach(attachments=[second], **shop.by_ada)
    assert files(tmp_path) == []


def test_refuses_to_detach_what_is_not_there(shop):
    assert shop.refused(detach, attachments=[47110815]) == [("attachment_unknown", (0, "attachment"))]
    assert shop.refused(detach, attachments=[]) == [("rows_missing", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, part, statements, count):
    file = stored()
    given = [NewAttachment(SubjectKind.PART, part.pk, f"{n}", file) for n in range(count)]
    with statements() as seen:
        ids = attach(attachments=given, **shop.by_ada).ids
    assert seen == 4
    with statements() as seen:
        detach(attachments=ids, **shop.by_ada)
    assert seen == 6
