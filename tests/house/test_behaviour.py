"""docs/reference/behaviour.md has every rule, and every test that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from outwork.rules.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "behaviour.md"

# How many numbered rules each section has, and the named ones beside them.
NUMBERED = {
    "5": 11,
    "A1": 15,
    "A2": 13,
    "A3": 18,
    "A4": 7,
    "A5": 9,
    "A6": 9,
    "A7": 7,
    "A8": 8,
    "A11": 3,
}
NAMED = {
    "5": "4.split",
    "A9": "issue hold cancel finish children overallocated reopen on-order",
    "A10": "issue hold cancel complete auto reopen lost locked rules totals",
    "A12": "completed remaining in-production scheduled ordering once available required line external",
    "A14": (
        "in-stock create edit add remove count transfer return split merge serialize install assign convert status "
        "disassemble delete owner"
    ),
    "B1": "states custom",
    "B": "attachments notes",
    "B2": "unique marks numbers revisions locked trackable removal copy stage parameters related customs "
    "expiry internal-prices minimum-stock",
    "B3": "trees default-location keywords",
    "B4": "lines validation inherited substitutes copy deviation snapshots locked",
    "B5": "companies primary packs prices availability",
    "B6": "serials history tests",
    "B7": "lines tree project-codes",
    "B8": "orders promises",
    "B9": "owners roles",
    "D1": "pattern match number next",
    "D2": "grammar ~ increment conflict reserved",
}
WHOLE = ["A13", "A15", "A16", "D3"]
QUIRKS = 40
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# What stands beside the rules that must be there.
FURTHER = re.compile(r"(?:5(?:\.\d+)?|A\d+|B\d*|D\d)\.[\w-]+")
OUT = re.compile(r"out of scope: \S.{20,}")
Row = list[str]


def wanted() -> list[str]:
    """The id of every rule: the numbered, the named, and every setting that does something."""
    return [
        *(f"{section}.{number}" for section, count in NUMBERED.items() for number in range(1, count + 1)),
        *(f"{section}.{name}" for section, names in NAMED.items() for name in names.split()),
        *WHOLE,
        *(f"A16.{key}" for key, setting in SETTINGS.items() if not setting.waits_for),
        *(f"G{number}" for number in range(1, QUIRKS + 1)),
    ]


def rows() -> list[Row]:
    """The rows of every table on the page, as their cells."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The names of the tests of a file; none if there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))


def test_every_rule_is_there_once() -> None:
    found = [row[0].strip("`") for row in rows()]
    assert sorted(set(wanted()) - set(found)) == []
    assert [one for one in found if one not in wanted() and not FURTHER.fullmatch(one)] == []
    assert sorted({one for one in found if found.count(one) > 1}) == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].strip("`"))
def test_every_rule_has_a_living_test_or_a_reason(row: Row) -> None:
    references = REFERENCE.findall(row[-1])
    assert bool(references) != bool(OUT.fullmatch(row[-1])), row[-1]
    assert REFERENCE.sub("", row[-1]).replace("<br>", "") == "" or not references
    assert [f"{file}::{name}" for file, name in references if name not in defined_in(file)] == []


def test_settings_that_wait_for_something_claim_nothing() -> None:
    found = {row[0].strip("`").removeprefix("A16.") for row in rows() if row[0].startswith("`A16.")}
    assert sorted(key for key in found if key not in SETTINGS or SETTINGS[key].waits_for) == []


def test_what_is_corrected_kept_or_offered_is_tested() -> None:
    quirks = {row[0].strip("`"): row for row in rows() if row[0].startswith("`G")}
    for ident, (_, mark, text, tests) in quirks.items():
        assert mark in ("F", "K", "O"), ident
        if mark == "O" and not tests.startswith("out of scope"):
            named = set(re.findall(r"`([A-Z_]+)`", text))
            assert named, f"{ident} names no setting"
            assert named <= SETTINGS.keys(), ident
            assert len(REFERENCE.findall(tests)) >= 2, f"{ident} wants a test for both values"
