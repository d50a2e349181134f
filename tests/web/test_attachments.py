"""A browser gets an attached file so that nothing in it runs, and only for who may see what it hangs on."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from outwork.models import Attachment, Role
from outwork.operations.attaching import NewAttachment, attach, store_file
from outwork.queries.subjects import file_of
from outwork.rules.subjects import SubjectKind

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_FOLDER", tmp_path)


def attached(shop, content: bytes, name: str) -> str:
    stored = store_file(io.BytesIO(content), name=name)
    new = NewAttachment(SubjectKind.PART, shop.part("R-10K").pk, name, stored)
    return f"/attachments/{attach(attachments=[new], **shop.by_ada).ids[0]}/"


@pytest.mark.parametrize(
    ("content", "name", "media_type", "shown"),
    [
        (PNG, "board.png", "image/png", "inline"),
        (b"%PDF-1.7", "sheet.pdf", "application/pdf", "inline"),
        (b"<svg onload=alert(1)>", "logo.svg", "application/octet-stream", "attachment"),
        (b"<script>alert(1)</script>", "page.html", "application/octet-stream", "attachment"),
        (b"R1,R2", "bom.csv", "application/octet-stream", "attachment"),
    ],
)
def test_it_works(shop, client: Client, content, name, media_type, shown):
    client.force_login(shop.ada)
    answer = client.get(attached(shop, content, name))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(shown)
    assert name in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


def test_only_for_who_may_see_what_it_hangs_on(shop, client: Client):
    address = attached(shop, PNG, "board.png")
    assert client.get(address).status_code == 403
    client.force_login(shop.dee)
    assert client.get(address).status_code == 403
    group = Group.objects.create(name="Engineering")
    Role.objects.create(group=group, area="part", may_view=True)
    shop.dee.groups.add(group)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405


def test_what_is_not_there_is_404(shop, client: Client):
    client.force_login(shop.ada)
    address = attached(shop, PNG, "board.png")
    assert client.get("/attachments/47110815/").status_code == 404
    file_of(Attachment.objects.get().digest).unlink()
    assert client.get(address).status_code == 404
