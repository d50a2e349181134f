"""Make the demo company: its people, settings, companies, places, parts, prices and bills of materials."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from outwork.cli.demo_company import tables
from outwork.cli.demo_company.clock import time_zone
from outwork.cli.demo_company.stage import Stage
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
from outwork.operations.master_data import create
from outwork.operations.settings import set_settings

COMPANY = "Moorlund Instruments"
_KEPT_IN = {
    "Resistors": "Store/Reel rack",
    "Capacitors": "Store/Reel rack",
    "Magnetics": "Store/Reel rack",
    "Semiconductors": "Store/Reel rack",
    "Crystals": "Store/Reel rack",
    "Integrated circuits": "Store/Trays and connectors",
    "Sensors": "Store/Trays and connectors",
    "Modules": "Store/Trays and connectors",
    "Connectors": "Store/Trays and connectors",
    "Batteries": "Store/Housings",
    "Housings": "Store/Housings",
    "Bare boards": "Store/Boards",
    "Drawing parts": "Workshop",
    "Boards": "Store/Boards",
    "Sub-assemblies": "Workshop",
    "Products": "Store/Finished goods",
}


def settle(stage: Stage) -> None:
    """Settings, exchange rates, companies and places."""
    values = {"TIME_ZONE": time_zone(), "BUILDORDER_EXTERNAL_BUILDS": True}
    set_settings(values=values, **stage.by("Dee", 8, 12))
    rates = tables.read("rates")
    days = [stage.clock.date(int(row["days"])) for row in rates]
    rows: list[dict[str, Any]] = [
        {"currency": "USD", "day": day, "rate": row["rate"]} for day, row in zip(days, rates, strict=True)
    ]
    create(model=ExchangeRate, rows=rows, **stage.by("Dee", 8, 20))
    _companies(stage)
    _places(stage)


def _companies(stage: Stage) -> None:
    rows: list[dict[str, Any]] = [
        {
            "name": row["name"],
            "currency": row["currency"],
            "email": row["email"],
            "description": row["description"],
            "is_manufacturer": row["kind"] == "e",
        }
        for row in tables.read("companies")
    ]
    makers = dict.fromkeys(row["maker"] for row in tables.read("parts"))
    rows += [{"name": maker, "is_supplier": False, "is_manufacturer": True} for maker in makers]
    done = create(model=Company, rows=rows, **stage.by("Ada", 8, 41))
    stage.companies = {row["name"]: pk for row, pk in zip(rows, done.ids, strict=True)}


def _places(stage: Stage) -> None:
    """Level by level, for a place is made before what lies in it."""
    places = tables.read("locations")
    for depth in range(3):
        level = [row for row in places if row["path"].count("/") == depth]
        rows: list[dict[str, Any]] = []
        for row in level:
            above, _, name = row["path"].rpartition("/")
            facts: dict[str, Any] = {"name": name, "is_structural": row["kind"] == "s"}
            if above:
                facts["parent"] = stage.places[above]
            if row["kind"] not in ("s", "o"):
                facts["company"] = stage.companies[row["kind"]]
            rows.append(facts)
        if rows:
            done = create(model=Location, rows=rows, **stage.by("Bo", 9, 5))
            stage.places |= {row["path"]: pk for row, pk in zip(level, done.ids, strict=True)}


def catalogue(stage: Stage) -> None:
    """Categories, parts, makers' numbers, offers with their price breaks, bills of materials."""
    bought, own = tables.read("parts"), tables.read("own_parts")
    names = dict.fromkeys(row["category"] for row in [*own, *bought])
    made = create(model=Category, rows=[{"name": name} for name in names], **stage.by("Cy", 9, 30))
    category = dict(zip(names, made.ids, strict=True))
    rows = [{**_place(stage, row, category), **_bought(row)} for row in bought]
    rows += [{**_place(stage, row, category), **_own(row["flags"])} for row in own]
    done = create(model=Part, rows=rows, **stage.by("Cy", 9, 42))
    stage.parts = {row["number"]: pk for row, pk in zip(rows, done.ids, strict=True)}
    numbers = [
        {"part": stage.parts[row["number"]], "manufacturer": stage.companies[row["maker"]], "mpn": row["mpn"]}
        for row in bought
    ]
    done = create(model=ManufacturerPart, rows=numbers, **stage.by("Cy", 10, 3))
    _offers(stage, dict(zip((row["number"] for row in bought), done.ids, strict=True)))
    _boms(stage)


def _place(stage: Stage, row: dict[str, str], category: dict[str, int]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "name": row["name"],
        "category": category[row["category"]],
        "default_location": stage.places[_KEPT_IN[row["category"]]],
    }


def _bought(row: dict[str, str]) -> dict[str, Any]:
    return {"minimum_stock": row["minimum"] or 0, "keywords": " ".join(filter(None, (row["package"], row["mpn"])))}


def _own(flags: str) -> dict[str, Any]:
    return {
        "is_assembly": "a" in flags,
        "is_trackable": "t" in flags,
        "is_salable": "s" in flags,
        "is_component": "s" not in flags,
        "is_consumable": "c" in flags,
        "is_purchaseable": "b" in flags,
    }


def _offers(stage: Stage, mpns: dict[str, int]) -> None:
    offers = tables.read("offers")
    first: set[str] = set()
    rows: list[dict[str, Any]] = []
    for row in offers:
        is_first = row["part"] not in first
        first.add(row["part"])
        rows.append(
            {
                "part": stage.parts[row["part"]],
                "supplier": stage.companies[row["supplier"]],
                "sku": row["sku"],
                "manufacturer_part": mpns.get(row["part"]),
                "packaging": row["packaging"],
                "pack_quantity": row["pack"],
                "lead_time_days": int(row["lead"]),
                "is_primary": is_first,
            }
        )
    done = create(model=SupplierPart, rows=rows, **stage.by("Ada", 10, 26))
    stage.offers = {row["sku"]: pk for row, pk in zip(offers, done.ids, strict=True)}
    breaks = []
    for row, pk in zip(offers, done.ids, strict=True):
        for one in row["breaks"].split():
            quantity, price = one.split("=")
            breaks.append({"supplier_part": pk, "quantity": quantity, "price": price})
    create(model=PriceBreak, rows=breaks, **stage.by("Ada", 10, 51))


def _boms(stage: Stage) -> None:
    lines = tables.read("bom")
    rows = [
        {
            "assembly": stage.parts[row["assembly"]],
            "part": stage.parts[row["part"]],
            "quantity": row["quantity"],
            "designators": row["designators"],
            "is_fitted": row["fitted"] == "y",
            "attrition": row["attrition"] or 0,
            "setup": row["setup"] or 0,
            "rounding": Decimal(1) if row["attrition"] else None,
        }
        for row in lines
    ]
    done = create(model=BomLine, rows=rows, **stage.by("Cy", 11, 18))
    stand_ins = [
        {"bom_line": pk, "part": stage.parts[row["also"]], "rank": 1}
        for row, pk in zip(lines, done.ids, strict=True)
        if row["also"]
    ]
    create(model=BomSubstitute, rows=stand_ins, **stage.by("Cy", 11, 44))
