"""Options and arguments made from the fields of a noun, and what was given with them read back into a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from django.db.models import BooleanField, DateField, Field, ForeignKey, JSONField, Model, PositiveIntegerField

from outwork.models import (
    Address,
    Build,
    Category,
    Company,
    Contact,
    InternalPrice,
    Location,
    LocationType,
    ManufacturerPart,
    Owner,
    Parameter,
    ParameterTemplate,
    Part,
    ProjectCode,
    PurchaseOrder,
    RelatedPart,
    SupplierPart,
    TestTemplate,
)
from outwork.models.fields import MoneyField, QuantityField, RateField
from outwork.operations.master_data import NOUNS
from outwork.queries import naming, naming_facts
from outwork.rules.quantities import as_text, decimal
from outwork.rules.refusals import Reasons, Refusal, Where, refuse

Command = TypeVar("Command", bound=Callable[..., Any])

# How people name what a field refers to.
NAMED: dict[type[Model], Callable[..., Model]] = {
    Address: naming_facts.address_named,
    Build: naming.build_named,
    Category: naming.category_named,
    Company: naming.company_named,
    Contact: naming_facts.contact_named,
    InternalPrice: naming_facts.internal_price_named,
    Location: naming.location_named,
    LocationType: naming_facts.location_type_named,
    ManufacturerPart: naming.manufacturer_part_named,
    Owner: naming_facts.owner_named,
    Parameter: naming_facts.parameter_named,
    ParameterTemplate: naming_facts.parameter_template_named,
    Part: naming.part_named,
    ProjectCode: naming_facts.project_code_named,
    PurchaseOrder: naming.order_named,
    RelatedPart: naming_facts.related_part_named,
    SupplierPart: naming.sold_part_named,
    TestTemplate: naming_facts.template_named,
}
_METAVARS: tuple[tuple[type[Field[Any, Any]], str], ...] = (
    (QuantityField, "QUANTITY"),
    (MoneyField, "AMOUNT"),
    (RateField, "RATE"),
    (PositiveIntegerField, "NUMBER"),
    (DateField, "DATE"),
    (JSONField, '"A, B"'),
)
_BY_ID = re.compile(r"id=(\d{1,18})")


def row_named(model: type[Model], name: str, *, where: Where) -> Any:
    """The row that people call so, or `id=12` as `--json` prints it; one statement. Refuses what naming refuses."""
    if found := _BY_ID.fullmatch(name.strip()):
        row = model._default_manager.filter(pk=int(found[1])).first()
        noun = str(model._meta.verbose_name)
        return row if row is not None else refuse("row_unknown", noun=noun, id=int(found[1]), where=where)
    return NAMED[model](name, where=where)


def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    """What may be said of a row of this noun, in the order of the model."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not getattr(field, "auto_now_add", False)
        and field.name not in NOUNS[model].derived
    ]


def with_fields(
    model: type[Model],
    helps: Mapping[str, str],
    *,
    arguments: tuple[str, ...] = (),
    hidden: tuple[str, ...] = (),
    defaults: Mapping[str, str] | None = None,
    is_new: bool,
) -> Callable[[Command], Command]:
    """Give a command an option for each field; of a new row some are `arguments` instead.

    `defaults`: what a new row has where something else than the field says it, in words.
    """

    def decorate(command: Command) -> Command:
        for field in reversed(fields_of(model)):
            if field.name not in arguments + hidden:
                text = helps.get(field.name, "")
                if is_new and defaults and field.name in defaults:
                    text = f"{text} [default: {defaults[field.name]}]"
                command = _option(field, text, is_new=is_new)(command)
        for name in reversed(arguments):
            command = click.argument(name, metavar=_words(name).upper().replace(" ", "_"))(command)
        return command

    return decorate


def values_given(model: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    """The row that the options say, each name looked up; an empty text takes a value away.

    Refuses every name that is unknown or may be several; numbers and dates are read by the operation.
    """
    reasons = Reasons()
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        field = model._meta.get_field(name)
        assert isinstance(field, Field)
        if isinstance(field, JSONField):
            values[name] = [one.strip() for one in value.split(",")] if value.strip() else []
            continue
        is_empty = isinstance(value, str) and not value.strip()
        if is_empty and field.null:
            values[name] = None
        elif isinstance(field, ForeignKey):
            try:
                values[name] = row_named(field.related_model, value, where=(name,)).pk
            except Refusal as refusal:
                reasons.found += refusal.reasons
        else:
            values[name] = value
    reasons.raise_any()
    return values


def flag_of(field: Field[Any, Any]) -> str:
    """`is_purchaseable` as one says it: purchaseable."""
    return field.name.removeprefix("is_").replace("_", " ")


def _option(field: Field[Any, Any], text: str, *, is_new: bool) -> Callable[[Command], Command]:
    if isinstance(field, BooleanField):
        name = flag_of(field).replace(" ", "-")
        help_text = _with_default(text, ("yes" if field.default else "no") if is_new else "")
        return click.option(f"--{name}/--no-{name}", field.name, default=None, help=help_text)
    default = "" if not is_new or not field.has_default() else str(field.get_default() or "")
    shown = as_text(decimal(default)) if default.replace(".", "").isdecimal() else default
    must = is_new and not field.has_default() and not field.null and field.name not in NOUNS[field.model].filled
    return click.option(
        f"--{field.name.replace('_', '-')}",
        field.name,
        metavar=_metavar(field),
        required=must,
        help=_with_default(text, shown),
    )


def _with_default(text: str, default: str) -> str:
    return f"{text} [default: {default}]" if default and "[default:" not in text else text


def _metavar(field: Field[Any, Any]) -> str:
    if isinstance(field, ForeignKey):
        return str(field.related_model._meta.verbose_name).upper().replace(" ", "-")
    return next((word for kind, word in _METAVARS if isinstance(field, kind)), "TEXT")


def _words(name: str) -> str:
    return name.replace("_", " ")
