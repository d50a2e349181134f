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
from outwork.models.company import (
    Address,
    Company,
    Contact,
    ExchangeRate,
    ManufacturerPart,
    PriceBreak,
    PriceChange,
    SupplierPart,
)
from outwork.models.delivery import AnnouncedDelivery, Demand, SerialReservation
from outwork.models.event import Event
from outwork.models.movement import Movement
from outwork.models.owner import Owner, ProjectCode, Role
from outwork.models.part import BomLine, BomSnapshot, BomSubstitute, Category, InternalPrice, Part, RelatedPart
from outwork.models.purchase import ExtraLine, PromiseChange, PurchaseLine, PurchaseOrder
from outwork.models.setting import Counter, Setting
from outwork.models.stock import Location, LocationType, StockItem
from outwork.models.subject import Attachment, Comment, Parameter, ParameterTemplate, Tag
from outwork.models.supplier_return import SupplierReturn, SupplierReturnLine
from outwork.models.testing import TestResult, TestTemplate
from outwork.models.user import User

__all__ = [
    "Address",
    "Allocation",
    "AnnouncedDelivery",
    "Attachment",
    "BomLine",
    "BomSnapshot",
    "BomSubstitute",
    "Build",
    "BuildLine",
    "BuildLineSubstitute",
    "BuildOutput",
    "Category",
    "Comment",
    "Company",
    "Contact",
    "Counter",
    "Demand",
    "Event",
    "ExchangeRate",
    "ExtraLine",
    "InternalPrice",
    "Location",
    "LocationType",
    "ManufacturerPart",
    "Movement",
    "Owner",
    "Parameter",
    "ParameterTemplate",
    "Part",
    "PriceBreak",
    "PriceChange",
    "ProjectCode",
    "PromiseChange",
    "PurchaseLine",
    "PurchaseOrder",
    "RelatedPart",
    "ReportedLot",
    "Role",
    "SerialReservation",
    "Setting",
    "StockItem",
    "SupplierPart",
    "SupplierReturn",
    "SupplierReturnLine",
    "SupplyChoice",
    "Tag",
    "TestResult",
    "TestTemplate",
    "User",
]
