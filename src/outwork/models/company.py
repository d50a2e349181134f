"""Companies and what they sell: suppliers, manufacturers, their part numbers and prices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from outwork.models.fields import MoneyField, QuantityField, RateField
from outwork.models.part import Part


class Company(models.Model):
    """A supplier, a manufacturer, a customer, or several of these at once."""

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, default="")
    email = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=50, default="")
    website = models.CharField(max_length=2000, default="")
    currency = models.CharField(max_length=3, default="EUR")
    is_supplier = models.BooleanField(default=True)
    is_manufacturer = models.BooleanField(default=False)
    is_customer = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    accepts_on_receipt = models.BooleanField(default=False)
    note = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "email"], name="company_name_and_email_are_unique_together")
        ]

    def __str__(self) -> str:
        return self.name


class ManufacturerPart(models.Model):
    """A part as its maker numbers it."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="manufacturer_parts")
    manufacturer = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="manufacturer_parts")
    mpn = models.CharField(max_length=100)
    description = models.CharField(max_length=250, default="")
    link = models.CharField(max_length=2000, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "manufacturer", "mpn"], name="manufacturer_part_is_known_once_for_a_part"
            )
        ]
        indexes = [models.Index(fields=["mpn"], name="manufacturer_part_by_mpn")]

    def __str__(self) -> str:
        return self.mpn


class SupplierPart(models.Model):
    """A part as a supplier sells it. `pack_size` is in base units; prices are per pack."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="supplier_parts")
    supplier = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="supplier_parts")
    sku = models.CharField(max_length=100)
    manufacturer_part = models.ForeignKey(
        ManufacturerPart, null=True, on_delete=models.PROTECT, related_name="supplier_parts"
    )
    description = models.CharField(max_length=250, default="")
    link = models.CharField(max_length=2000, default="")
    note = models.CharField(max_length=100, default="")
    packaging = models.CharField(max_length=50, default="")
    pack_quantity = models.CharField(max_length=25, default="1")
    pack_size = QuantityField(default=1)
    multiple = models.PositiveIntegerField(default=1)
    base_cost = MoneyField(default=0)
    lead_time_days = models.PositiveIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "supplier", "sku"], name="supplier_part_is_known_once_for_a_part"),
            models.UniqueConstraint(
                fields=["part"], condition=Q(is_primary=True), name="supplier_part_is_primary_once_for_a_part"
            ),
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="supplier_part_pack_size_is_positive"),
            models.CheckConstraint(condition=Q(multiple__gte=1), name="supplier_part_multiple_is_at_least_one"),
        ]
        indexes = [models.Index(fields=["sku"], name="supplier_part_by_sku")]

    def __str__(self) -> str:
        return self.sku


class PriceBreak(models.Model):
    """From this many packs on, a pack costs this much."""

    supplier_part = models.ForeignKey(SupplierPart, on_delete=models.CASCADE, related_name="price_breaks")
    quantity = QuantityField()
    price = MoneyField()
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["supplier_part_id", "quantity"]
        constraints = [
            models.UniqueConstraint(fields=["supplier_part", "quantity"], name="price_break_quantity_is_stated_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="price_break_quantity_is_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_break_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.price} {self.currency}"


class ExchangeRate(models.Model):
    """Units of base currency for one unit of `currency`, from `day` on, entered by hand."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = RateField()

    class Meta:
        ordering = ["currency", "day"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="exchange_rate_is_stated_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}: {self.rate}"
