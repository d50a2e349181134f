"""Notes are Markdown; whatever somebody writes into one, the page it is shown on stays harmless."""

from __future__ import annotations

import pytest

from outwork.rules.markdown import to_html


def test_it_works():
    assert to_html("**Bold**, [a link](https://example.com)\nnext line") == (
        '<p><strong>Bold</strong>, <a href="https://example.com" rel="noopener noreferrer nofollow">a link</a><br>\n'
        "next line</p>\n"
    )
    assert "<td>1</td>" in to_html("| a | b |\n|---|---|\n| 1 | 2 |")
    assert to_html("") == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        "<style>body{display:none}</style>",
        "<svg/onload=alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<iframe src=//a.example>",
        "`<script>alert(1)</script>`",
    ],
)
def test_nothing_runs(hostile):
    html = to_html(hostile).lower()
    for bad in (
        "<script",
        "<svg",
        "<iframe",
        "<style",
        'href="javascript',
        'href="data',
        'src="javascript',
        "<img src=x",
    ):
        assert bad not in html
    assert " onerror=" not in html.replace("&lt;img src=x onerror=alert(1)&gt;", "")
