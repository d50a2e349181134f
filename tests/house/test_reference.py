"""The reference pages say what the code says: after a change, `python scripts/reference.py` writes them anew."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "reference.py"

specification = importlib.util.spec_from_file_location("outwork_reference", SCRIPT)
assert specification is not None
assert specification.loader is not None
reference = importlib.util.module_from_spec(specification)
specification.loader.exec_module(reference)


@pytest.mark.parametrize("name", ["settings.md", "refusals.md", "rights.md"])
def test_the_page_is_as_the_code_is(name) -> None:
    written = dict(reference.pages())[name]
    kept = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    differing = set(written.splitlines()) ^ set(kept.splitlines())
    assert (differing, written == kept) == (set(), True), "run `python scripts/reference.py`"
