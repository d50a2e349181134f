"""Properties of parts, companies and documents, on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from outwork.cli.field_options import row_named
from outwork.cli.master_data import More, Spoken, group
from outwork.models import Parameter
from outwork.queries.parameters import names_of
from outwork.queries.subjects import MODELS
from outwork.rules.subjects import PARAMETERISED, SubjectKind


def _option(kind: SubjectKind) -> Callable[[Any], Any]:
    name = kind.value.replace(" ", "-")
    article = "an" if name[0] in "aeiou" else "a"
    return click.option(f"--{name}", metavar=name.upper(), help=f"It is said of {article} {kind.value}.")


def _read_subject(given: dict[str, Any]) -> dict[str, Any]:
    """What the parameter is said of; one of the options, and only when it is made."""
    names = {kind: given.pop(kind.value.replace(" ", "_")) for kind in PARAMETERISED}
    said = {kind: name for kind, name in names.items() if name is not None}
    if len(said) > 1:
        raise click.UsageError("A parameter is said of one thing.")
    for kind, name in said.items():
        row = row_named(MODELS[kind], name, where=(kind.value,))
        return {"subject_kind": kind.value, "subject_id": row.pk}
    return {}


def _more(rows: Sequence[Parameter]) -> Mapping[int, More]:
    """What each is said of, by name; one statement for each kind."""
    names = names_of((row.subject_kind, row.subject_id) for row in rows)
    return {row.pk: {"subject": names[row.subject_kind, row.subject_id]} for row in rows}


def _cells(row: Parameter, more: More) -> Sequence[Any]:
    return (more["subject"], row.subject_kind, row.template, row.text, row.template.unit, row.note)


SPOKEN = Spoken(
    Parameter,
    "A PARAMETER is named by what it is said of and its template, as in R-10K/Resistance, or as id=12.",
    ("of", "", "parameter", "value", "unit", "note"),
    _cells,
    arguments=("template", "text"),
    helps={
        "template": "Which property.",
        "text": "What it is: 4k7, X7R, yes.",
        "note": "A note.",
    },
    more=_more,
    hidden=("subject_kind", "subject_id"),
    extras=tuple(_option(kind) for kind in sorted(PARAMETERISED, reverse=True)),
    read_extras=_read_subject,
)
command = group(SPOKEN, "parameter", "Parameters: properties of parts, companies, builds and orders.")
