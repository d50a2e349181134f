"""Which row is meant by what people type: a reference, a part number, a company, a place, an order line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from outwork.models import (
    Build,
    BuildLine,
    Category,
    Company,
    Location,
    ManufacturerPart,
    Part,
    PurchaseLine,
    PurchaseOrder,
    SupplierPart,
)
from outwork.rules.refusals import Where, declare, refuse

declare(
    name_ambiguous="{name} may be {found}: say which",
    company_name_unknown="There is no company {name}",
    category_name_unknown="There is no category {name}",
    manufacturer_part_unknown="There is no manufacturer part {name}",
    line_name_unknown="{document} has no line for {name}; it has {known}",
    line_name_ambiguous="{name} is on lines {positions} of {document}: name the line by its number",
)

Row = TypeVar("Row", bound=Model)


def build_named(reference: str, *, where: Where = ("build",)) -> Build:
    """The build of that reference, in any case; one statement. Refuses build_unknown."""
    found = Build.objects.filter(reference__iexact=reference.strip()).select_related("part", "manufacturer")
    build = only_one(found, reference, "reference")
    return build if build is not None else refuse("build_unknown", build=reference, where=where)


def order_named(reference: str, *, where: Where = ("order",)) -> PurchaseOrder:
    """The purchase order of that reference, in any case; one statement. Refuses order_unknown."""
    found = PurchaseOrder.objects.filter(reference__iexact=reference.strip()).select_related("supplier")
    order = only_one(found, reference, "reference")
    return order if order is not None else refuse("order_unknown", order=reference, where=where)


def part_named(name: str, *, where: Where = ("part",)) -> Part:
    """The part of that number, number/revision or name; one statement. Refuses part_unknown, name_ambiguous."""
    text = name.strip()
    found = list(Part.objects.filter(Q(number=text) | Q(name=text) | Q(number_key=text)))
    for field in ("number_key", "number", "name"):
        same = [part for part in found if getattr(part, field) == text]
        if len(same) > 1:
            refuse("name_ambiguous", name=text, found=[_full(part) for part in same], where=where)
        if same:
            return same[0]
    return refuse("part_unknown", part=text, where=where)


def _full(part: Part) -> str:
    return part.number_key or " ".join(filter(None, (part.name, part.revision)))


def company_named(name: str, *, where: Where = ("company",)) -> Company:
    """The company of that name, in any case; one statement. Refuses company_name_unknown, name_ambiguous."""
    company = only_one(Company.objects.filter(name__iexact=name.strip()), name, "name", where=where)
    return company if company is not None else refuse("company_name_unknown", name=name, where=where)


def location_named(name: str, *, where: Where = ("location",)) -> Location:
    """The location of that path or, where there is only one, of that name; one statement.

    Refuses location_unknown, name_ambiguous.
    """
    text = name.strip()
    found = list(Location.objects.filter(Q(path__iexact=text) | Q(name__iexact=text)))
    exact = [one for one in found if one.path.lower() == text.lower()] or found
    if len(exact) > 1:
        refuse("name_ambiguous", name=text, found=[str(one) for one in exact], where=where)
    return exact[0] if exact else refuse("location_unknown", location=text, where=where)


def category_named(name: str, *, where: Where = ("category",)) -> Category:
    """The category of that name, or of that name below PARENT/; one statement.

    Refuses category_name_unknown, name_ambiguous.
    """
    found = below_owner(Category, name, "name", "parent")
    if len(found) > 1:
        paths = [f"{one.parent}/{one.name}" if one.parent else one.name for one in found]
        refuse("name_ambiguous", name=name, found=paths, where=where)
    return found[0] if found else refuse("category_name_unknown", name=name, where=where)


def manufacturer_part_named(name: str, *, where: Where = ("manufacturer_part",)) -> ManufacturerPart:
    """What is called MPN, or MANUFACTURER/MPN; one statement. Refuses manufacturer_part_unknown, name_ambiguous."""
    found = below_owner(ManufacturerPart, name, "mpn", "manufacturer", "part")
    if len(found) > 1:
        known = [f"{one.manufacturer}/{one.mpn} for {one.part.label} (id={one.pk})" for one in found]
        refuse("name_ambiguous", name=name, found=known, where=where)
    return found[0] if found else refuse("manufacturer_part_unknown", name=name, where=where)


def sold_part_named(name: str, *, where: Where = ("supplier_part",)) -> SupplierPart:
    """What is sold as SKU, or SUPPLIER/SKU; one statement. Refuses supplier_part_unknown, name_ambiguous."""
    found = below_owner(SupplierPart, name, "sku", "supplier", "part")
    if len(found) > 1:
        known = [f"{one.supplier}/{one.sku} for {one.part.label} (id={one.pk})" for one in found]
        refuse("name_ambiguous", name=name, found=known, where=where)
    return found[0] if found else refuse("supplier_part_unknown", supplier_part=name, where=where)


def below_owner(model: type[Row], name: str, field: str, owner: str, *related: str) -> list[Row]:
    """Rows that are called so, or OWNER/so where none is; what is called exactly so goes before another case.

    An owner is called by its name, a part by its number too. One statement.
    """
    text = name.strip()
    called = (f"{owner}__number", f"{owner}__name") if owner == "part" else (f"{owner}__name",)
    ways = Q(**{f"{field}__iexact": text})
    for at in (place for place, letter in enumerate(text) if letter == "/"):
        for one in called:
            ways |= Q(**{f"{one}__iexact": text[:at], f"{field}__iexact": text[at + 1 :]})
    found = list(model._default_manager.filter(ways).select_related(owner, *related).order_by("pk"))
    plain = [one for one in found if getattr(one, field).lower() == text.lower()] or found
    return [one for one in plain if text.endswith(getattr(one, field))] or plain


def supplier_part_named(sku: str, supplier_id: int, *, where: Where = ("supplier_part",)) -> SupplierPart:
    """What a supplier sells under that SKU; one statement. Refuses supplier_part_unknown, name_ambiguous."""
    found = list(SupplierPart.objects.filter(supplier=supplier_id, sku=sku.strip()).select_related("part"))
    if len(found) > 1:
        refuse("name_ambiguous", name=sku, found=[f"{sku} for {one.part.label}" for one in found], where=where)
    return found[0] if found else refuse("supplier_part_unknown", supplier_part=sku, where=where)


def build_line_named(name: str, lines: Iterable[BuildLine], build: Build, *, where: Where = ("line",)) -> BuildLine:
    """The line of a build for that part or at that position; the lines come with their parts, no statement.

    Refuses line_name_unknown, line_name_ambiguous.
    """
    named = [(line, line.position, {line.part.number, line.part.name}) for line in lines]
    return _line(name, named, build.reference, where)


def order_line_named(
    name: str, lines: Iterable[PurchaseLine], order: PurchaseOrder, *, where: Where = ("line",)
) -> PurchaseLine:
    """The line of an order for that part or SKU or at that position; no statement, as `build_line_named`."""
    named = [(line, line.position, {line.supplier_part.sku, line.part.number, line.part.name}) for line in lines]
    return _line(name, named, order.reference, where)


def lines_to_name(order: PurchaseOrder) -> list[PurchaseLine]:
    """The lines of an order with all that they may be called by; one statement."""
    return list(order.lines.select_related("part", "supplier_part").order_by("position", "pk"))


def _line(name: str, lines: Sequence[tuple[Row, int, set[str]]], document: str, where: Where) -> Row:
    text = name.strip()
    found = [(line, position) for line, position, names in lines if text and text in names]
    if not found and text.isdecimal():
        found = [(line, position) for line, position, _ in lines if position == int(text)]
    if len(found) > 1:
        positions = [position for _, position in found]
        refuse("line_name_ambiguous", name=text, positions=positions, document=document, where=where)
    if not found:
        known = [f"{position}: {min(filter(None, names), default='')}" for _, position, names in lines]
        refuse("line_name_unknown", name=text, document=document, known=known or ["none"], where=where)
    return found[0][0]


def only_one(query: QuerySet[Row], name: str, field: str, *, where: Where = ()) -> Row | None:
    """The row that is spelt exactly so, else the only one that is spelt so in another case."""
    found = list(query)
    exact = [row for row in found if getattr(row, field) == name.strip()] or found
    if len(exact) > 1:
        refuse(
            "name_ambiguous", name=name, found=[f"{getattr(row, field)} (id={row.pk})" for row in exact], where=where
        )
    return exact[0] if exact else None
