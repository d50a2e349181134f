"""The house rules, held over the whole repository."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house import checks

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "outwork"
OWN_FOLDERS = {"house", "browser", "scenarios", "data", "releases"}  # tests that mirror no layer


def modules(*folders: str) -> list[Path]:
    """The modules in these folders of the package; all but the migrations if none is named."""
    if folders:
        return [file for folder in folders for file in sorted((SOURCE / folder).rglob("*.py"))]
    return [file for file in sorted(SOURCE.rglob("*.py")) if "migrations" not in file.parts]


def broken(files: Iterable[Path], check: Callable[[str], list[int]]) -> list[str]:
    """Where the check finds something, as file:line."""
    return [f"{file.relative_to(ROOT)}:{line}" for file in files for line in check(file.read_text())]


def repository_files() -> list[Path]:
    """The files that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not in a git repository")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def test_rules_import_no_django() -> None:
    assert broken(modules("rules"), checks.django_imports) == []


def test_pages_api_and_worker_never_write() -> None:
    assert broken(modules("web", "api", "worker"), checks.writes) == []


def test_only_the_ledger_makes_movements() -> None:
    outside = [file for file in modules() if file.relative_to(SOURCE).parts[0] != "ledger"]
    assert broken(outside, checks.movements_made) == []


def test_no_decimal_in_a_database_expression() -> None:
    assert broken(modules(), checks.decimals_in_expressions) == []


def test_no_signals() -> None:
    assert broken(modules(), checks.signal_imports) == []


def test_every_module_opens_with_a_sentence() -> None:
    assert [str(file) for file in modules() if checks.opening_sentence_missing(file.read_text())] == []


def test_no_file_is_called_after_nothing() -> None:
    assert [str(file) for file in modules() if file.name in checks.VAGUE_NAMES] == []


def test_the_tests_mirror_the_tree() -> None:
    folders = {file.relative_to(ROOT / "tests").parts[0] for file in (ROOT / "tests").rglob("test_*.py")}
    layers = {folder.name for folder in SOURCE.iterdir() if folder.is_dir()}
    assert folders - layers - OWN_FOLDERS - {file.name for file in (ROOT / "tests").glob("test_*.py")} == set()


def test_nothing_names_a_registry_or_the_paths_of_one_machine() -> None:
    found = {}
    for file in repository_files():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        if words := checks.private_words(text):
            found[str(file.relative_to(ROOT))] = words
    assert found == {}
