"""Short ways to read a snippet."""

from collections.abc import Mapping
from textwrap import dedent

from outwork.rules.bomfile import BomFile, BomLine, grouped, read_bom


def read(text: str, columns: Mapping[str, str] | None = None) -> BomFile:
    """Read a file written in the test; indentation is taken off."""
    return read_bom(dedent(text).strip("\n").encode(), name="bom.csv", columns=columns)


def groups(text: str, columns: Mapping[str, str] | None = None) -> list[BomLine]:
    """Read and group a file written in the test."""
    return grouped(read(text, columns))


def warned(bom_file: BomFile, code: str) -> list[str]:
    """The texts of the warnings of a code."""
    return [warning.text() for warning in bom_file.warnings if warning.code == code]


def codes(bom_file: BomFile) -> set[str]:
    """The codes of all warnings."""
    return {warning.code for warning in bom_file.warnings}
