"""Parts on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from outwork.cli import part_numbers
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.field_options import values_given, with_fields
from outwork.cli.master_data import More, Spoken, group, section
from outwork.cli.tables import several
from outwork.models import Part
from outwork.operations.master_data.duplicating import duplicate_parts
from outwork.operations.master_data.part_numbers import DEFAULTS
from outwork.queries import listing, parts, stock
from outwork.rules.lifecycle import Stage

HELPS = {
    "number": "Our own part number.",
    "name": "What it is called.",
    "revision": "Its revision: A, B, 2.1.",
    "description": "What it is.",
    "keywords": "Further words to find it by.",
    "link": "Where more is said of it.",
    "unit": "What it is counted in: m, kg, ml; pieces if nothing is said.",
    "note": "A note.",
    "category": "Where it stands in the catalogue.",
    "default_location": "Where it is put when nothing else is said.",
    "variant_of": "The template that it is a variant of.",
    "revision_of": "The part that it is a revision of.",
    "is_active": "It is still used.",
    "is_assembly": "It is built from other parts.",
    "is_component": "It goes into other parts.",
    "is_trackable": "Each unit has a serial number, or each lot a batch code.",
    "is_purchaseable": "It is bought.",
    "is_salable": "It is sold.",
    "is_virtual": "It is no thing, such as a licence: it has no stock.",
    "is_template": "It has variants.",
    "is_consumable": "It is used but not counted out, such as solder.",
    "is_testable": "Its units are tested.",
    "is_locked": "Its BOM does not change, and it is not removed.",
    "minimum_stock": "How much should be there at least.",
    "maximum_stock": "How much should be there at most; 0 for any.",
    "default_expiry_days": "After so many days it should not be used; 0 for never.",
    "stage": "Where it stands in its life: prototype, released, obsolete.",
    "responsible": "Who answers for it: a user or a group.",
    "harmonised_code": "Its code in the customs tariff.",
    "origin_country": "Where it comes from: a country code of two letters, such as DE.",
    "weight": "What one unit weighs, in grams.",
}


def _more(rows: Sequence[Part]) -> Mapping[int, More]:
    """What is on hand of each; one statement."""
    found = {one.part_id: one.quantity for one in stock.by_part(part_ids=[row.pk for row in rows])}
    return {row.pk: {"on_hand": found.get(row.pk, 0)} for row in rows}


def _cells(row: Part, more: More) -> Sequence[Any]:
    marks = {"assembly": row.is_assembly, "trackable": row.is_trackable, "template": row.is_template}
    marks |= {"virtual": row.is_virtual, "locked": row.is_locked, "inactive": not row.is_active}
    marks |= {"prototype": row.stage == Stage.PROTOTYPE, "obsolete": row.stage == Stage.OBSOLETE}
    told = ", ".join(word for word, holds in marks.items() if holds)
    return (row.number, row.revision, row.name, row.description[:60], row.category, told, more["on_hand"], row.unit)


def _facts(row: Part) -> Iterator[str]:
    found = parts.overview(row.pk)
    if row.is_assembly:
        yield f"  Its BOM has {several(found.bom_lines, 'line')}   [outwork bom show {_quoted(row)}]"
    if found.related:
        yield f"  See also: {', '.join(found.related)}"
    yield from section(
        "Parameters",
        ("parameter", "value", "unit", "note"),
        [(one.name, one.text, one.unit, one.note) for one in found.parameters],
    )
    yield from section(
        "Tests",
        ("test", "of", ""),
        [(one.name, "" if one.of == row.label else one.of, _test_facts(one)) for one in found.tests],
    )
    yield from section(
        "Reckoned at",
        ("from", "price", ""),
        [(one.quantity, one.price, one.currency) for one in found.internal_prices],
    )
    yield from section(
        "Stock",
        ("location", "company", "on hand", "usable", "allocated", "free", "in production"),
        [
            (
                *(one.location or "not placed", one.company, one.quantity, one.usable, one.allocated, one.free),
                one.in_production or None,
            )
            for one in found.stock
        ],
    )
    yield from section(
        "On order",
        ("order", "line", "supplier", "open", "expected", "build"),
        [(one.order, one.line, one.supplier, one.open, one.expected, one.build) for one in found.on_order],
    )
    yield from section(
        "Sold by",
        ("supplier", "SKU", "MPN", "pack", "days", "has", "prices per pack", ""),
        [
            (
                *(one.supplier, one.sku, one.mpn, one.pack_quantity, one.lead_time_days, one.available),
                "; ".join(str(price) for price in one.prices) or "no price",
                ", ".join(
                    word for word, holds in (("primary", one.is_primary), ("inactive", not one.is_active)) if holds
                ),
            )
            for one in found.offers
        ],
    )
    yield from section("Made by", ("manufacturer", "MPN"), [(one.manufacturer, one.mpn) for one in found.makers])
    yield from section(
        "Used in",
        ("level", "assembly", "name", "quantity"),
        [
            (one.level or "substitute", one.number or one.name, one.name if one.number else "", one.quantity)
            for one in found.used_in
        ],
    )


def _test_facts(test: parts.Test) -> str:
    facts = {"required": test.is_required, "with a value": test.needs_value, "with a file": test.needs_attachment}
    return ", ".join(word for word, holds in facts.items() if holds)


def _data(row: Part) -> Mapping[str, Any]:
    found = parts.overview(row.pk)
    return {
        "stock": found.stock,
        "on_order": found.on_order,
        "supplier_parts": found.offers,
        "manufacturer_parts": found.makers,
        "used_in": found.used_in,
        "bom_lines": found.bom_lines,
        "parameters": found.parameters,
        "tests": found.tests,
        "related": found.related,
        "internal_prices": found.internal_prices,
    }


def _quoted(row: Part) -> str:
    name = f"{row.number}/{row.revision}" if row.number and row.revision else row.label
    return f'"{name}"' if " " in name else name


SPOKEN = Spoken(
    Part,
    "A PART is named by its number, by number/revision, by its name, or as id=12.",
    ("number", "rev", "name", "description", "category", "", "on hand", "unit"),
    _cells,
    helps=HELPS,
    more=_more,
    facts=_facts,
    data=_data,
    defaults={flag: f"the setting {key}" for flag, key in DEFAULTS.items()},
)
command = group(SPOKEN, "part", "Parts: what is bought, built and fitted.")


@doing
def _duplicate(asked: Asked, original: str, **given: Any) -> Answer:
    copied = {name: given.pop(name) for name in ("copy_bom", "copy_parameters", "copy_tests", "copy_notes")}
    one = SPOKEN.named(original)
    row = {"original": one, **values_given(Part, given)}
    done = duplicate_parts(rows=[row], **copied, **asked)
    made = listing.one(Part, done.ids[0])
    return Answer(done, f"Created part {made}, like {one}.", {"id": made.pk, "name": str(made)})


def _duplicating(run: Callable[..., Any]) -> click.Command:
    """The command, with an option for each field of a part and for each thing that may come along."""
    for thing, what in (
        ("notes", "its note"),
        ("tests", "its tests"),
        ("parameters", "its parameters"),
        ("bom", "its BOM"),
    ):
        default = True if thing == "notes" else None
        told = "" if default else f" [default: the setting PART_COPY_{thing.upper()}]"
        run = click.option(
            f"--copy-{thing}/--no-copy-{thing}", f"copy_{thing}", default=default, help=f"Copy {what}.{told}"
        )(run)
    run = with_fields(Part, HELPS, is_new=False)(run)
    run = click.argument("original", metavar="PART")(run)
    text = "Create a part like another. Fields that are not named are those of the original, but for its number and revision."
    return click.command("duplicate", help=text)(run)


command.add_command(_duplicating(_duplicate))
for _command in part_numbers.COMMANDS:
    command.add_command(_command)
