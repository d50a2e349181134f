"""The pages of docs/how-to whose commands are run one after the other, in a new installation, and print what they say."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installation import PROGRAM, Installation

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
_BLOCK = re.compile(r"^```(sh|text|text refused)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


@dataclass
class Step:
    """A block of commands, and what the page says that it prints."""

    commands: str
    printed: str = ""
    is_refused: bool = False


def steps(page: str) -> list[Step]:
    """The blocks of a page; what is printed stands below the commands that print it."""
    found: list[Step] = []
    for kind, text in _BLOCK.findall((PAGES / page).read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Step(text))
        else:
            found[-1].printed, found[-1].is_refused = text, kind == "text refused"
    return found


def run(page: list[Step], installation: Installation, folder: Path) -> Iterator[tuple[str, int]]:
    """Paste the blocks into one shell session, so to speak; gives what each printed and its status."""
    environment = {**installation.environment, "PATH": f"{PROGRAM.parent}:{installation.environment['PATH']}"}
    for step in page:
        # The page names a folder of its own; here the installation is it.
        commands = step.commands.replace("export OUTWORK_DATA=$PWD/field-loggers\n", "")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if step.is_refused else subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        assert step.is_refused or not done.returncode, f"{step.commands}\n{done.stdout}\n{done.stderr}"
        yield done.stdout, done.returncode


def any_day(text: str) -> str:
    """The text with its days made alike, for a page has its own today."""
    return _DAY.sub("2026-01-01", text)


@pytest.mark.parametrize(
    "name", ["external-build-on-the-command-line.md", "order-what-is-short.md", "users-and-rights.md"]
)
def test_the_page_does_what_it_says(installation: Installation, tmp_path: Path, name: str) -> None:
    page = steps(name)
    for step, (printed, status) in zip(page, run(page, installation, tmp_path), strict=True):
        assert status == (1 if step.is_refused else 0), step.commands
        assert any_day(printed) == any_day(step.printed), step.commands
    assert page[-1].printed == "Everything agrees.\n"
