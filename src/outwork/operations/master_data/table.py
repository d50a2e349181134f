"""The nouns of the master data, each with its rules: the one place to add another."""

from __future__ import annotations

from django.db.models import Model

from outwork.models import (
    BomLine,
    BomSubstitute,
    Category,
    Company,
    ExchangeRate,
    Location,
    ManufacturerPart,
    Part,
    PriceBreak,
    SupplierPart,
)
from outwork.operations.master_data import bom, companies, parts, trees
from outwork.operations.master_data.nouns import Noun, Unique

_NAME = frozenset({"name"})

NOUNS: dict[type[Model], Noun] = {
    noun.model: noun
    for noun in (
        Noun(
            Category,
            "category",
            required=_NAME,
            unique=(Unique(("parent_id", "name"), by="name", nulls=True),),
            checks=(trees.check_tree, parts.check_category),
        ),
        Noun(
            Part,
            "part",
            derived=frozenset(
                {"number_key", "family", "image", "bom_checksum", "bom_validated_at", "bom_validated_by"}
            ),
            required=_NAME,
            unique=(
                Unique(("number_key",), by="number_key", code="part_number_used"),
                Unique(("name", "number", "revision"), by="name"),
                Unique(("revision_of_id", "revision"), by="revision_of_id"),
            ),
            checks=(parts.check_part, parts.check_family),
            after=(parts.write_families, parts.check_inherited_cycle),
            removal=(parts.check_part_removal,),
            documents=((Part, "id"),),
        ),
        Noun(
            BomLine,
            "BOM line",
            derived=frozenset({"checksum"}),
            fixed=frozenset({"assembly"}),
            positive=frozenset({"quantity", "rounding"}),
            checks=(bom.check_bom_line,),
            removal=(bom.check_line_removal,),
            documents=((Part, "assembly_id"),),
            followed=(bom.let_builds_follow,),
        ),
        Noun(
            BomSubstitute,
            "substitute",
            fixed=frozenset({"bom_line"}),
            unique=(Unique(("bom_line_id", "part_id"), by="bom_line_id"),),
            checks=(bom.check_substitute,),
            removal=(bom.check_substitute_removal,),
            followed=(bom.let_builds_follow_substitutes,),
        ),
        Noun(
            Company,
            "company",
            derived=frozenset({"image"}),
            required=_NAME,
            unique=(Unique(("name", "email"), by="name"),),
            checks=(companies.check_company,),
            documents=((Company, "id"),),
        ),
        Noun(
            ManufacturerPart,
            "manufacturer part",
            required=frozenset({"mpn"}),
            unique=(Unique(("part_id", "manufacturer_id", "mpn"), by="part_id"),),
            checks=(companies.check_manufacturer_part,),
            documents=((Part, "part_id"), (Company, "manufacturer_id")),
        ),
        Noun(
            SupplierPart,
            "supplier part",
            derived=frozenset({"pack_size", "available_at"}),
            required=frozenset({"sku"}),
            positive=frozenset({"multiple"}),
            unique=(Unique(("part_id", "supplier_id", "sku"), by="part_id"),),
            checks=(companies.check_supplier_part,),
            before=(companies.clear_primary,),
            after_removal=(companies.next_primary,),
            documents=((Part, "part_id"), (Company, "supplier_id")),
        ),
        Noun(
            PriceBreak,
            "price break",
            fixed=frozenset({"supplier_part"}),
            filled=frozenset({"currency"}),
            positive=frozenset({"quantity"}),
            unique=(Unique(("supplier_part_id", "quantity"), by="supplier_part_id"),),
            checks=(companies.check_price_break,),
        ),
        Noun(
            ExchangeRate,
            "exchange rate",
            unique=(Unique(("currency", "day"), by="currency"),),
            checks=(companies.check_exchange_rate,),
            followed=(companies.let_receipts_follow,),
        ),
        Noun(
            Location,
            "location",
            derived=frozenset({"path"}),
            required=_NAME,
            unique=(Unique(("parent_id", "name"), by="name", nulls=True),),
            checks=(trees.check_tree, trees.check_location),
            after=(trees.write_below,),
            documents=((Company, "company_id"),),
        ),
    )
}
