"""Parameters of parts, companies and documents: properties with a unit, with choices, or yes and no."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Any

from outwork.ledger import rows as bulk
from outwork.models import Parameter, ParameterTemplate, Part
from outwork.operations.master_data.batch import Batch, Row
from outwork.operations.master_data.locking import refuse_locked
from outwork.queries.subjects import find_subjects
from outwork.rules.quantities import as_text, decimal
from outwork.rules.refusals import Refusal, Where, declare, refuse
from outwork.rules.subjects import PARAMETERISED, SubjectKind
from outwork.rules.units import measure, unit_of

declare(
    template_of_two_sorts="{template} is yes or no, so it has neither a unit nor choices",
    template_unit_unknown='{template} cannot be read in "{unit}", which is no unit that is known',
    template_relied_on="{template} stays so: {count} of its values do not fit, among them {text}",
    template_inactive="{template} is not used any more",
    parameter_not_a_choice="{template} is one of {choices}, not {text}",
    parameter_not_yes_or_no="{template} is true or false, not {text}",
)

_YES_OR_NO = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def check_parameter_template(batch: Batch) -> None:
    """A unit is known, yes or no has none; what was said so far still fits; one statement if that is in question."""
    for row in batch.changing("unit", "choices", "is_checkbox"):
        name = row["name"]
        if row["is_checkbox"] and (row["unit"] or row["choices"]):
            batch.refuse(row, "is_checkbox", "template_of_two_sorts", template=name)
        if unit_of(row["unit"]) is None:
            batch.refuse(row, "unit", "template_unit_unknown", template=name, unit=row["unit"])
    _read_again(batch)


def _read_again(batch: Batch) -> None:
    rows = [row for row in batch.changing("unit", "choices", "is_checkbox") if row.id is not None]
    changed = {row.id: row for row in rows if unit_of(row["unit"]) is not None}
    if not changed:
        return
    fresh: list[tuple[int, str, float | None]] = []
    misfits: dict[int, list[str]] = {}
    said = Parameter.objects.filter(template__any=changed).order_by("pk")
    for pk, template, text, number in said.values_list("pk", "template", "text", "number"):
        try:
            fresh.append((pk, *_again(changed[template], text, number)))
        except Refusal:
            misfits.setdefault(template, []).append(text)
    for template, texts in misfits.items():
        row = changed[template]
        batch.refuse(row, "unit", "template_relied_on", template=row["name"], count=len(texts), text=texts[0])
    batch.notes["parameters"] = fresh


def _again(row: Row, text: str, number: float | None) -> tuple[str, float | None]:
    """A value that was said in the old unit, in the new one: 4k7 in ohm is 4.7 in kohm, and not 4k7 of them."""
    was = row.before.unit
    if number is None or not was or not row["unit"] or was == row["unit"]:
        return read_value(row, text)
    value = measure(f"{number!r} {was}", row["unit"])
    try:
        kept, same = read_value(row, text)
        if same is not None and isclose(same, value):
            return kept, same
    except Refusal:
        pass  # it named no unit, or one of the old kind; then the number is written instead
    return read_value(row, as_text(value))


def write_values(batch: Batch) -> None:
    """Keep the values of changed templates as they read now; one statement, if there are any."""
    bulk.update(Parameter, ("text", "number"), batch.notes.get("parameters", []))


def check_parameter(batch: Batch) -> None:
    """What it is said of is there and not locked; its value fits the template. One statement for each kind of subject."""
    subjects = _subjects(batch)
    for row in batch.rows:
        template = batch.one(row, "template_id")
        if template is None:
            continue
        if row.before is None and not template.is_active:
            batch.refuse(row, "template", "template_inactive", template=template.name)
        if row.changes("text", "template_id") and "text" not in row.bad:
            try:
                row.values["text"], row.values["number"] = read_value(
                    _facts(template), row["text"], (row.index, "text")
                )
            except Refusal as refusal:
                batch.reasons.found += refusal.reasons
    refuse_locked(batch, "subject_id", "part_facts_locked", lambda row: _part(row, subjects) if row.values else None)


def check_parameter_removal(batch: Batch) -> None:
    """Parameters of a locked part stay."""
    subjects = _subjects(batch)
    refuse_locked(batch, "id", "part_facts_locked", lambda row: _part(row, subjects))


def _subjects(batch: Batch) -> dict[tuple[str, int], Any]:
    """Of what the rows are said; refuses what is not there. One statement for each kind."""
    wanted: dict[SubjectKind, set[int]] = {}
    for row in batch.rows:
        if row["subject_kind"] in PARAMETERISED:
            wanted.setdefault(SubjectKind(row["subject_kind"]), set()).add(row["subject_id"])
        elif "subject_kind" not in row.bad:
            known = sorted(one.value for one in PARAMETERISED)
            batch.refuse(row, "subject_kind", "subject_kind_unknown", kind=row["subject_kind"], known=known)
    found: dict[tuple[str, int], Any] = {}
    for kind, ids in wanted.items():
        found |= {(kind.value, pk): one for pk, one in find_subjects(kind, ids).items()}
    for row in batch.rows:
        key = (row["subject_kind"], row["subject_id"])
        if row.before is None and key[0] in PARAMETERISED and key not in found and "subject_id" not in row.bad:
            batch.reasons.add("subject_unknown", kind=key[0], id=key[1], where=(row.index, "subject_id"))
    return found


def _part(row: Row, subjects: dict[tuple[str, int], Any]) -> Part | None:
    subject = subjects.get((row["subject_kind"], row["subject_id"]))
    return subject if isinstance(subject, Part) else None


def _facts(template: ParameterTemplate) -> dict[str, Any]:
    return {name: getattr(template, name) for name in ("name", "unit", "choices", "is_checkbox")}


def read_value(template: Any, text: str, where: Where = ()) -> tuple[str, float | None]:
    """A value as it is kept, and as a number in the template's unit; `template` has its fields by name.

    A number is a float of 15 digits, for sorting and comparing; the text stays what was written. Without a unit it is one
    only if the text is a bare number. Refuses parameter_not_a_choice, parameter_not_yes_or_no and, where there is a
    unit, what `measure` refuses.
    """
    name, unit, choices = template["name"], template["unit"], template["choices"]
    if template["is_checkbox"]:
        if text.lower() not in _YES_OR_NO:
            refuse("parameter_not_yes_or_no", template=name, text=text[:40], where=where)
        holds = _YES_OR_NO[text.lower()]
        return str(holds).lower(), float(holds)
    if choices:
        text = _chosen(name, choices, text, where)
    if unit:
        return text, float(measure(text, unit, where=where))
    try:
        return text, float(decimal(text))
    except Refusal:
        return text, None


def _chosen(name: str, choices: Sequence[str], text: str, where: Where) -> str:
    """The choice that is meant, in any case."""
    spelt = {choice.casefold(): choice for choice in choices}
    if text.casefold() not in spelt:
        refuse("parameter_not_a_choice", template=name, choices=list(choices), text=text[:40], where=where)
    return spelt[text.casefold()]
