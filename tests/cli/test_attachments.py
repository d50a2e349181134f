"""Attachments, comments and tags on the command line."""

import pytest
from django.conf import settings

from outwork.models import Attachment


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_FOLDER", tmp_path / "data")


def test_a_file_is_attached_listed_saved_and_removed(shop, program, tmp_path):
    shop.part("R-10K")
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(b"%PDF-1.7 sheet")
    assert program("attachment", "list", "part", "R-10K") == ["Nothing is attached to R-10K."]
    (said,) = program("attachment", "add", "part", "R-10K", str(sheet), "--comment", "the maker's")
    pk = Attachment.objects.get().pk
    assert said == f"sheet.pdf is attached to R-10K as {pk}."
    assert program("attachment", "list", "part", "R-10K")[1].split() == [
        *(str(pk), "sheet.pdf", "application/pdf", "14", "the", "maker's")
    ]
    assert program.json("attachment", "list", "part", "R-10K")[0]["size"] == 14
    program("attachment", "change", str(pk), "--name", "Datasheet")
    copy = tmp_path / "copy.pdf"
    assert program("attachment", "save", str(pk), str(copy)) == [f"Datasheet is saved as {copy}."]
    assert copy.read_bytes() == b"%PDF-1.7 sheet"
    assert program("attachment", "save", str(pk), str(copy), status=2)
    assert program.codes("attachment", "show-as-image", str(pk)) == ["attachment_no_image"]
    assert program("attachment", "remove", str(pk)) == ["1 attachment removed."]
    assert program("attachment", "prune") == ["0 files removed."]
    assert program.codes("attachment", "remove", str(pk)) == ["attachment_unknown"]


def test_what_a_subject_may_be_called(shop, program):
    board = shop.assembly("BOARD", {"R-10K": 1})
    line = shop.ordered(shop.external(board, 10))
    item = shop.put("R-10K", 5)
    for kind, name in (
        ("build", "BO-0001"),
        ("order", "PO-0001"),
        ("order-line", str(line.pk)),
        ("stock-item", str(item.pk)),
        ("company", "Acme Assembly"),
        ("supplier-part", "ACME-BOARD"),
        ("location", "Main shelf"),
    ):
        program("attachment", "add", kind, name, "--link", "https://example.com/x")
        assert program.json("attachment", "list", kind, name)[0]["link"] == "https://example.com/x"
    assert program.codes("attachment", "list", "supplier-return", "RT-9") == ["subject_name_unknown"]
    assert program.codes("attachment", "list", "build-output", "x") == ["subject_name_unknown"]
    assert program("attachment", "list", "planet", "x", status=2)
    assert program.codes("attachment", "list", "build", "BO-9999") == ["build_unknown"]
    assert program.codes("comment", "list", "order", "PO-9999") == ["order_unknown"]


def test_comments(shop, program):
    shop.part("R-10K")
    assert program("comment", "list", "part", "R-10K") == ["Nothing was said about R-10K."]
    program("comment", "write", "part", "R-10K", "They called.", "--at", "2026-03-02T14:30")
    (told,) = program.json("comment", "list", "part", "R-10K")
    assert told["text"] == "They called."
    pk = str(told["id"])
    program("comment", "change", pk, "They wrote.")
    (line,) = program("comment", "list", "part", "R-10K")
    assert line.startswith(f"{pk}  2026-03-02 14:30  ")
    assert line.endswith(", changed: They wrote.")
    assert program("comment", "remove", pk) == [f"Comment {pk} is removed."]
    assert program.codes("comment", "remove", pk) == ["comment_unknown"]


def test_tags(shop, program):
    shop.part("R-10K")
    assert program("tag", "put", "part", "R-10K", "ROHS", "pilot") == ["R-10K: pilot, rohs."]
    assert program("tag", "find", "part", "rohs", "pilot") == ["R-10K"]
    assert program("tag", "take-off", "part", "R-10K", "rohs") == ["R-10K: pilot."]
    assert program("tag", "find", "part", "rohs") == ["No part has rohs."]
    assert program.json("tag", "find", "part", "pilot")[0]["name"] == "R-10K"
