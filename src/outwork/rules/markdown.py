"""Notes are written in Markdown and kept as written; shown they are HTML that can do nothing.

Raw HTML in a note is shown as text, and what the renderer made is sanitised once more.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").enable("strikethrough")
_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


def to_html(text: str) -> str:
    """A note as safe HTML: links lead to http, https or mailto only and tell no referrer."""
    return nh3.clean(
        _RENDERER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
