"""A file is what its content says, and only pictures and PDF are shown in place."""

from __future__ import annotations

import pytest

from outwork.rules.media import contradicts, media_type_of, serving


def test_only_pictures_and_pdf_are_shown_in_place():
    assert serving("image/png").is_inline
    assert serving("application/pdf").is_inline
    for media_type in ("image/svg+xml", "text/html", "application/javascript", "text/plain", ""):
        assert serving(media_type).is_inline is False
        assert serving(media_type).media_type == "application/octet-stream"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.pdf", "a.gif", "a.webp"])
def test_a_name_alone_makes_no_picture(name):
    assert media_type_of(b"<html>", name) == "application/octet-stream"
    assert contradicts(b"<html>", name)


def test_a_picture_may_be_called_what_it_likes():
    assert media_type_of(b"GIF89a..", "notes.txt") == "image/gif"
    assert not contradicts(b"GIF89a..", "photo.png")
    assert not contradicts(b"hello", "notes.txt")
