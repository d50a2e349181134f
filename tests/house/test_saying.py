"""Everything that an operation says has a sentence, and the sentence finds its numbers in what is said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from outwork.rules.saying import SAID, sentence

OPERATIONS = Path(__file__).parents[2] / "src" / "outwork" / "operations"


def said_in(source: str) -> Iterator[tuple[str, set[str] | None]]:
    """Every code said in a source, with its parameters where they are written beside it; "" for one that is computed."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if "code" in keys:
                value = node.values[keys.index("code")]
                known = None if None in keys else {str(key) for key in keys}
                if isinstance(value, ast.Constant):
                    yield str(value.value), known
                elif isinstance(value, ast.JoinedStr):
                    yield "", None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "append"
            and isinstance(node.func.value, ast.Attribute)
            and node.func.value.attr == "said"
            and isinstance(node.args[0], ast.Tuple)
            and isinstance(node.args[0].elts[0], ast.Constant)
        ):
            yield str(node.args[0].elts[0].value), None


def said_everywhere() -> list[tuple[str, set[str] | None]]:
    return [found for file in sorted(OPERATIONS.rglob("*.py")) for found in said_in(file.read_text())]


def test_the_search_finds_what_it_should() -> None:
    source = 'a = {"code": "late", "days": 3}\nb = {"code": f"x_{y}"}\nself.said.append(("moved", 1))\n{"code": c}'
    assert list(said_in(source)) == [("late", {"code", "days"}), ("", None), ("moved", None)]


def test_everything_said_has_a_sentence() -> None:
    codes = {code for code, _ in said_everywhere()}
    assert codes - SAID.keys() == set()


def test_no_sentence_is_left_over() -> None:
    sources = "\n".join(file.read_text() for file in OPERATIONS.rglob("*.py"))
    assert {code for code in SAID if not re.search(rf'"{code}"', sources)} == set()


def test_a_sentence_asks_for_nothing_that_is_not_said() -> None:
    for code, known in said_everywhere():
        wanted = {name for _, name, _, _ in Formatter().parse(SAID.get(code, "")) if name}
        assert known is None or wanted <= known, code


def test_a_sentence_reads_well() -> None:
    said = {"code": "shortfall", "part": "R-10K", "quantity": "40", "mends": ["allocate stock", "say who supplies it"]}
    text = "R-10K: 40 are due for what was built and are not there (allocate stock, say who supplies it)"
    assert sentence(said) == text
