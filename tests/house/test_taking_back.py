"""Every way to take something back is in the table, so that none depends on what happens to be loaded."""

import ast
from pathlib import Path

from outwork.operations import taking_back

OPERATIONS = Path(taking_back.__file__).parent


def ways_in(source: str) -> set[str]:
    """The functions of a source that take an event back."""
    return {
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.args.args[:1] and node.args.args[0].arg == "event"
        if node.name.lstrip("_").startswith("take_back")
    }


def test_the_search_finds_what_it_should() -> None:
    source = (
        "def take_back_x(event, *, reason): ...\ndef _take_back(event): ...\ndef take_back(): ...\ndef go(event): ..."
    )
    assert ways_in(source) == {"take_back_x", "_take_back"}


def test_every_way_is_in_the_table() -> None:
    written = {name for file in OPERATIONS.rglob("*.py") for name in ways_in(file.read_text())}
    assert written == {getattr(way, "__name__", "") for way in taking_back.WAYS.values()}


def test_every_kind_in_the_table_is_recorded_somewhere() -> None:
    files = [file for file in OPERATIONS.rglob("*.py") if file.stem not in ("taking_back", "reversing")]
    sources = "\n".join(file.read_text() for file in files)
    assert {kind for kind in taking_back.WAYS if f'"{kind}"' not in sources} == set()
