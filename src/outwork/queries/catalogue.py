"""The catalogue as a whole: every part with what manufacturers and suppliers call it, for matching whole files."""

from __future__ import annotations

from dataclasses import dataclass

from outwork.models import Company, ManufacturerPart, Part, SupplierPart
from outwork.rules.bom_matching import Catalogue, KnownPart
from outwork.rules.bomfile.marks import sameness


@dataclass(frozen=True, slots=True)
class Known:
    """All parts as rows, and the same as the rules of matching want them."""

    parts: list[Part]
    for_matching: Catalogue


def catalogue() -> Known:
    """Everything that a line of a file may mean; three statements, however long the file is.

    The whole catalogue, for spellings differ in case and dashes, which no index finds.
    """
    names = ("number", "number_key", "name", "revision", "description", "is_active", "is_assembly", "is_locked")
    parts = list(Part.objects.only(*names, "is_trackable").order_by("pk"))
    mpns = ManufacturerPart.objects.order_by("pk").values_list("part_id", "manufacturer__name", "mpn")
    skus = SupplierPart.objects.order_by("pk").values_list("part_id", "supplier__name", "sku")
    known = [
        KnownPart(part.pk, part.number, part.name, part.description, part.is_active, part.is_trackable)
        for part in parts
    ]
    return Known(parts, Catalogue(known, list(mpns), list(skus)))


def companies_by_name() -> dict[str, Company]:
    """Companies by the spelling-free form of their name; of two alike the manufacturer, then the older; one statement."""
    found: dict[str, Company] = {}
    for company in Company.objects.order_by("is_manufacturer", "-pk"):
        found[sameness(company.name)] = company
    return found
