"""A text that must not be shown, kept or logged: a password on its way to its hash."""

from __future__ import annotations


class Secret:
    """Holds a text; printing it shows stars."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__
