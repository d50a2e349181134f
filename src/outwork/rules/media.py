"""What a file is, told by how it begins; and how it may be served so that no browser runs it.

Only raster images and PDF are shown in place; whatever else somebody attached is downloaded. Every reply carries
`X-Content-Type-Options: nosniff`, so that a browser believes the type and not the content.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import PurePath

HEAD_LENGTH = 16
UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
RASTER_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SHOWN_IN_PLACE = RASTER_IMAGES | {PDF}


@dataclass(frozen=True, slots=True)
class Serving:
    """How a file is served: its type, and whether it is shown in place or downloaded."""

    media_type: str
    is_inline: bool


def media_type_of(head: bytes, name: str) -> str:
    """The type of a file from its first bytes; where they say nothing, what its name says.

    A type that is shown in place comes from the content alone: a name is only a claim.
    """
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    claimed = claimed_type(name)
    return UNKNOWN if claimed in SHOWN_IN_PLACE else claimed


def claimed_type(name: str) -> str:
    """The type that a file's name claims."""
    return mimetypes.guess_type(PurePath(name).name)[0] or UNKNOWN


def contradicts(head: bytes, name: str) -> bool:
    """Whether a file claims by its name to be an image or PDF, and is none."""
    claimed = claimed_type(name)
    return claimed in SHOWN_IN_PLACE and media_type_of(head, name) not in SHOWN_IN_PLACE


def serving(media_type: str) -> Serving:
    """How a file of that type is served; what is not shown in place is sent as plain bytes."""
    is_inline = media_type in SHOWN_IN_PLACE
    return Serving(media_type if is_inline else UNKNOWN, is_inline)
