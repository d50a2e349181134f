"""Write what the reference pages take from the code: `python scripts/reference.py` after a change of settings, refusals or rights."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outwork.config.settings")
os.environ.setdefault("OUTWORK_DATA", tempfile.mkdtemp(prefix="outwork-reference-"))

FOLDER = Path(__file__).parent.parent / "docs" / "reference"


def settings_page() -> str:
    """docs/reference/settings.md."""
    from outwork.rules.settings import GROUPS
    from outwork.rules.settings.left_out import INSTEAD, LEFT_OUT

    lines = [
        "# Settings",
        "",
        "What the company decides. `outwork settings list` shows them with their values, `outwork settings set NAME VALUE`",
        "sets one. This page is written by `scripts/reference.py`.",
    ]
    for group, ones in GROUPS.items():
        lines += ["", f"## {group}", "", "| setting | default | what it does |", "|---|---|---|"]
        for one in ones:
            text = f"**{one.name}.** {one.help}"
            if one.choices:
                text += f" One of: {', '.join(one.choices)}."
            if one.differs:
                text += f" *Otherwise than in InvenTree:* {one.differs}"
            if one.waits_for:
                text += f" *For {one.waits_for}, still to come.*"
            lines.append(f"| `{one.key}` | {_value(one.default)} | {_cell(text)} |")
    lines += ["", "## InvenTree's settings that are not here", "", "| setting | instead, or why not |", "|---|---|"]
    lines += [f"| `{key}` | `{ours}` |" for key, ours in INSTEAD.items()]
    lines += [f"| `{key}` | {_cell(why)} |" for key, why in LEFT_OUT.items()]
    return "\n".join(lines) + "\n"


def refusals_page() -> str:
    """docs/reference/refusals.md."""
    import django

    django.setup()
    import outwork
    from outwork.rules.refusals import FORBIDDEN, TEXTS

    for layer in ("rules", "models", "queries", "ledger", "operations", "cli"):
        package = importlib.import_module(f"{outwork.__name__}.{layer}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    lines = [
        "# Refusals",
        "",
        "How Outwork says no. The code is stable; the text may change and be translated, and words in braces are numbers and",
        "names of the case. Nothing was changed. This page is written by `scripts/reference.py`.",
        "",
        "| code | text |",
        "|---|---|",
    ]
    for code in sorted(TEXTS):
        person = " *(the person, not the request)*" if code in FORBIDDEN else ""
        lines.append(f"| `{code}` | {_cell(TEXTS[code])}{person} |")
    return "\n".join(lines) + "\n"


def rights_page() -> str:
    """docs/reference/rights.md."""
    from outwork.rules import roles

    special = {
        roles.EVERYBODY: "whoever is active",
        roles.BY_NOUN: "by what it is, see below",
        roles.BY_EVENT: "by what was done, see below",
        roles.BY_SUBJECT: "by what it hangs on, see below",
    }
    lines = [
        "# Rights",
        "",
        "Who may do what. Rights are given to groups, area by area: `outwork role set GROUP AREA VERB...`. The verbs are view,",
        "add, change and delete; whoever has one of the last three also views. Superusers may do everything. What somebody may",
        'not do is refused with `not_permitted`. Of rights with "or" one is enough; with "and" it takes each. This page is written by',
        "`scripts/reference.py`.",
        "",
        "| area | means |",
        "|---|---|",
        *(f"| `{area}` | {text} |" for area, text in roles.AREAS.items()),
        "",
        "## Operations",
        "",
        "| operation | takes the right to |",
        "|---|---|",
        *(
            f"| `{name}` | {special.get(needed) or roles.in_words(needed)} |"
            for name, needed in sorted(roles.NEEDS.items())
        ),
        "",
        "## Master data: create, change and remove",
        "",
        "| noun | area |",
        "|---|---|",
        *(f"| {noun} | {_areas(areas)} |" for noun, areas in sorted(roles.NOUN_AREAS.items())),
        "",
        "## Taking back",
        "",
        "| what was done | takes the right to |",
        "|---|---|",
        *(
            f"| `{kind}` | {roles.in_words(roles.needed_to_reverse(kind))}, as for `{name}` |"
            for kind, name in sorted(roles.MADE_BY.items())
        ),
        "",
        "## Attachments, pictures, tags and comments",
        "",
        "To change the area of the subject; to comment, to view it.",
        "",
        "| subject | area |",
        "|---|---|",
        *(f"| {kind} | {_areas(areas)} |" for kind, areas in roles.SUBJECT_AREAS.items()),
    ]
    return "\n".join(lines) + "\n"


def _areas(areas: tuple[str, ...]) -> str:
    return " or ".join(f"`{area}`" for area in areas)


def pages() -> Iterator[tuple[str, str]]:
    """Every page that is written, by its file name."""
    yield "settings.md", settings_page()
    yield "refusals.md", refusals_page()
    yield "rights.md", rights_page()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`" if value != "" else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    late = []
    for name, text in pages():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            late.append(name)
            if "--check" not in sys.argv:
                file.write_text(text, encoding="utf-8")
    print("\n".join(late) or "nothing changed")
    sys.exit(bool(late and "--check" in sys.argv))
