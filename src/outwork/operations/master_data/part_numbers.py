"""What the settings say of parts: the marks of a new one, how numbers look, who has revisions; and what customs ask."""

from __future__ import annotations

import re
from typing import Any

from outwork.models import Part
from outwork.operations.master_data.batch import Batch, Row
from outwork.queries.settings import all_settings
from outwork.rules.countries import country_code
from outwork.rules.refusals import Refusal, declare

declare(
    part_number_malformed="{number} does not look like a part number here: {pattern} (setting PART_IPN_REGEX)",
    part_number_stays="{part} keeps its number: PART_ALLOW_EDIT_IPN is off",
    revisions_off="{part} gets no revisions: PART_ENABLE_REVISION is off",
    revision_of_component="{part} is not an assembly, and only those have revisions (setting PART_REVISION_ASSEMBLY_ONLY)",
    harmonised_code_invalid="{value} is not a code of the customs tariff: 4 to 14 digits",
)

DEFAULTS = {
    "is_assembly": "PART_ASSEMBLY",
    "is_component": "PART_COMPONENT",
    "is_purchaseable": "PART_PURCHASEABLE",
    "is_salable": "PART_SALABLE",
    "is_template": "PART_TEMPLATE",
    "is_trackable": "PART_TRACKABLE",
    "is_virtual": "PART_VIRTUAL",
}
_TARIFF = re.compile(r"[0-9](?:[ .]?[0-9]){3,13}")


def check_part_settings(batch: Batch) -> None:
    """Fill in what settings say of new parts, and hold numbers and revisions to them; one statement.

    One more where two parts may have one number: the part that has it first is found by it.
    """
    _check_customs(batch)
    rows = batch.changing("number", "revision", "revision_of_id")
    if not rows:
        return
    settings = all_settings()
    for row in rows:
        if row.before is None:
            _fill_in(batch, row, settings)
        row.values["number_key"] = f"{row['number']}/{row['revision']}" if row["number"] else None
        _check_number(batch, row, settings)
        _check_revision(batch, row, settings)
    if settings["PART_ALLOW_DUPLICATE_IPN"]:
        _share_numbers(rows)


def _fill_in(batch: Batch, row: Row, settings: dict[str, Any]) -> None:
    for flag, key in DEFAULTS.items():
        if flag not in row.given and flag not in row.bad:
            row.values[flag] = settings[key]
    category = batch.one(row, "category_id")
    if category is not None and "keywords" not in row.given:
        row.values["keywords"] = category.default_keywords


def _check_number(batch: Batch, row: Row, settings: dict[str, Any]) -> None:
    number, pattern = row["number"], settings["PART_IPN_REGEX"]
    if not row.changes("number") or "number" in row.bad:
        return
    if number and pattern and not re.fullmatch(pattern, number):
        batch.refuse(row, "number", "part_number_malformed", number=number, pattern=pattern)
    if row.before is not None and row.before.number and not settings["PART_ALLOW_EDIT_IPN"]:
        batch.refuse(row, "number", "part_number_stays", part=row.before.label)


def _check_revision(batch: Batch, row: Row, settings: dict[str, Any]) -> None:
    base = batch.one(row, "revision_of_id")
    if base is None or not row.changes("revision_of_id"):
        return
    if not settings["PART_ENABLE_REVISION"]:
        batch.refuse(row, "revision_of", "revisions_off", part=base.label)
    elif settings["PART_REVISION_ASSEMBLY_ONLY"] and not base.is_assembly:
        batch.refuse(row, "revision_of", "revision_of_component", part=base.label)


def _share_numbers(rows: list[Row]) -> None:
    keys = {row["number_key"] for row in rows} - {None}
    mine = {row.id for row in rows}
    standing = Part.objects.filter(number_key__any=keys).values_list("number_key", "pk")
    taken = {key for key, pk in standing if pk not in mine}
    for row in rows:
        key = row["number_key"]
        if key in taken:
            row.values["number_key"] = None
        elif key is not None:
            taken.add(key)


def _check_customs(batch: Batch) -> None:
    """Where a part comes from and what customs call it are codes."""
    for row in batch.changing("origin_country"):
        try:
            row.values["origin_country"] = country_code(row["origin_country"], where=(row.index, "origin_country"))
        except Refusal as refusal:
            batch.reasons.found += refusal.reasons
    for row in batch.changing("harmonised_code"):
        code = row["harmonised_code"]
        if code and not _TARIFF.fullmatch(code):
            batch.refuse(row, "harmonised_code", "harmonised_code_invalid", value=code)
