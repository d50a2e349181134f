"""Which texts may be kept: what people can read, without the control characters that a terminal would obey."""

from __future__ import annotations

from outwork.rules.refusals import declare

declare(
    text_invalid="{field} is a text without control characters, not {value}",
)


def is_clean(text: str, *, is_line: bool) -> bool:
    """Whether a text holds no control characters; a line has no line ends either, blanks around it do not count."""
    if text.isprintable():
        return True
    allowed = "\t" if is_line else "\t\r\n"
    return not any(
        (ord(one) < 32 and one not in allowed) or one == "\x7f" or "\ud800" <= one <= "\udfff" for one in text.strip()
    )


def in_short(value: object) -> str:
    """A value as a refusal may show it: quoted, escaped, and not too long."""
    return repr(value)[:40]
