"""Stock: locations and the items that lie in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outwork.models.fields import MoneyField, QuantityField
from outwork.models.owner import Owner
from outwork.models.part import Part
from outwork.models.quick import QuickModel
from outwork.rules.places import PlaceKind
from outwork.rules.states import AVAILABLE_STOCK, StockStatus

if TYPE_CHECKING:
    from decimal import Decimal


class LocationType(models.Model):
    """A sort of location, such as shelf or reel rack."""

    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=250, default="")
    icon = models.CharField(max_length=100, default="")

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of ours or at somebody's: `company` says at whom; children lie at the same company."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    description = models.CharField(max_length=250, default="")
    path = models.CharField(max_length=500, default="")
    company = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="locations")
    location_type = models.ForeignKey(LocationType, null=True, on_delete=models.PROTECT, related_name="locations")
    icon = models.CharField(max_length=100, default="")
    owner = models.ForeignKey(Owner, null=True, on_delete=models.PROTECT, related_name="+")
    is_structural = models.BooleanField(default=False)
    is_external = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="location_name_is_unique_under_its_parent"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(parent__isnull=True), name="location_name_is_unique_at_the_top"
            ),
        ]

    def __str__(self) -> str:
        return self.path or self.name


class StockItemQuerySet(models.QuerySet["StockItem"]):
    """Stock as one asks for it."""

    def existing(self) -> StockItemQuerySet:
        """All that was not written off."""
        return self.exclude(place=PlaceKind.GONE)

    def on_hand(self) -> StockItemQuerySet:
        """Ours and lying somewhere, whatever its status."""
        return self.filter(place__in=(PlaceKind.LOCATION, PlaceKind.UNPLACED), quantity__gt=0)

    def usable(self) -> StockItemQuerySet:
        """On hand, of a status that may be used, and no longer in production."""
        return self.on_hand().filter(status__in=sorted(AVAILABLE_STOCK), is_in_production=False)


class StockItem(QuickModel):
    """A quantity of one part, of one batch or serial number.

    `quantity`, `allocated` and `value` are caches of the ledger; `outwork ledger verify` recounts them.
    `value` is in base currency for the whole quantity; null is unknown. `root` is the item it was first
    split from: items of one root are one lot. `used_by` is the build that used it up or fitted it.
    """

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="stock_items")
    quantity = QuantityField()
    allocated = QuantityField(default=0)
    value = MoneyField(null=True)
    batch = models.CharField(max_length=100, default="")
    serial = models.CharField(max_length=100, null=True)
    serial_number = models.BigIntegerField(null=True)
    serial_scope = models.BigIntegerField(null=True)
    status = models.PositiveSmallIntegerField(default=StockStatus.OK)
    place = models.PositiveSmallIntegerField(default=PlaceKind.UNPLACED)
    location = models.ForeignKey(Location, null=True, on_delete=models.PROTECT, related_name="stock_items")
    inside = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="contents", db_index=False)
    customer = models.ForeignKey(
        "Company", null=True, on_delete=models.PROTECT, related_name="delivered_items", db_index=False
    )
    used_by = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="used_items", db_index=False)
    build = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="output_items", db_index=False)
    is_in_production = models.BooleanField(default=False)
    supplier_part = models.ForeignKey(
        "SupplierPart", null=True, on_delete=models.PROTECT, related_name="stock_items", db_index=False
    )
    purchase_line = models.ForeignKey(
        "PurchaseLine", null=True, on_delete=models.PROTECT, related_name="stock_items", db_index=False
    )
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="splits", db_index=False)
    root = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="lot_items", db_index=False)
    packaging = models.CharField(max_length=50, default="")
    expiry_date = models.DateField(null=True)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    link = models.CharField(max_length=2000, db_default="")
    counted_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    goes_when_empty = models.BooleanField(db_default=False)
    note = models.TextField(default="")
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = StockItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_item_quantity_is_not_negative"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0) & Q(allocated__lte=F("quantity")),
                name="stock_item_allocated_is_within_its_quantity",
            ),
            models.CheckConstraint(
                condition=Q(place=PlaceKind.LOCATION, location__isnull=False)
                | (~Q(place=PlaceKind.LOCATION) & Q(location__isnull=True)),
                name="stock_item_at_a_location_names_it",
            ),
            models.CheckConstraint(
                condition=Q(place=PlaceKind.INSIDE, inside__isnull=False)
                | (~Q(place=PlaceKind.INSIDE) & Q(inside__isnull=True)),
                name="stock_item_inside_another_names_it",
            ),
            models.CheckConstraint(
                condition=Q(place=PlaceKind.CUSTOMER, customer__isnull=False)
                | (~Q(place=PlaceKind.CUSTOMER) & Q(customer__isnull=True)),
                name="stock_item_at_a_customer_names_them",
            ),
            models.CheckConstraint(
                condition=~Q(place=PlaceKind.USED) | Q(used_by__isnull=False), name="stock_item_used_up_names_its_build"
            ),
            models.CheckConstraint(
                condition=Q(is_in_production=False) | Q(build__isnull=False),
                name="stock_item_in_production_names_its_build",
            ),
            models.CheckConstraint(
                condition=Q(serial__isnull=True) | Q(quantity=1) | Q(quantity=0),
                name="stock_item_with_a_serial_is_one_piece",
            ),
            models.CheckConstraint(
                condition=Q(serial__isnull=True, serial_scope__isnull=True)
                | Q(serial__isnull=False, serial_scope__isnull=False),
                name="stock_item_serial_has_a_scope",
            ),
            models.UniqueConstraint(
                fields=["serial_scope", "serial"],
                condition=Q(serial__isnull=False) & ~Q(place=PlaceKind.GONE),
                name="stock_item_serial_is_unique_in_its_scope",
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], condition=~Q(batch=""), name="stock_item_by_batch"),
            models.Index(fields=["serial"], condition=Q(serial__isnull=False), name="stock_item_by_serial"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"stock_item_by_{name}")
                for name in (
                    "inside",
                    "customer",
                    "used_by",
                    "build",
                    "supplier_part",
                    "purchase_line",
                    "split_from",
                    "root",
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.part_id}"

    @property
    def free(self) -> Decimal:
        """What is not allocated, in the part's unit."""
        return self.quantity - self.allocated
