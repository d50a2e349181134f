"""The schema: every table, its constraints and the facts about one row."""

from outwork.models import lookups as lookups
from outwork.models.build import (
    Allocation,
    Build,
    BuildLine,
    BuildLineSubstitute,
    BuildOutput,
    ReportedLot,
    SupplyChoice,
)
from outwork.models.company import Company, ExchangeRate, ManufacturerPart, PriceBreak, SupplierPart
from outwork.models.event import Event
from outwork.models.movement import Movement
from outwork.models.part import BomLine, BomSubstitute, Category, Part
from outwork.models.purchase import ExtraLine, PromiseChange, PurchaseLine, PurchaseOrder
from outwork.models.setting import Counter, Setting
from outwork.models.stock import Location, StockItem
from outwork.models.user import User

__all__ = [
    "Allocation",
    "BomLine",
    "BomSubstitute",
    "Build",
    "BuildLine",
    "BuildLineSubstitute",
    "BuildOutput",
    "Category",
    "Company",
    "Counter",
    "Event",
    "ExchangeRate",
    "ExtraLine",
    "Location",
    "ManufacturerPart",
    "Movement",
    "Part",
    "PriceBreak",
    "PromiseChange",
    "PurchaseLine",
    "PurchaseOrder",
    "ReportedLot",
    "Setting",
    "StockItem",
    "SupplierPart",
    "SupplyChoice",
    "User",
]
