"""Companies and what they sell: suppliers, manufacturers, their part numbers and prices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from outwork.models.fields import MoneyField, QuantityField, RateField
from outwork.models.part import Part
from outwork.models.subject import Attachment


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
    tax_number = models.CharField(max_length=50, default="")
    payment_terms = models.CharField(max_length=100, default="")
    incoterm = models.CharField(max_length=50, default="")
    image = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "email"], name="company_name_and_email_are_unique_together")
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at a company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=100, default="")
    email = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=100, default="")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A site of a company; who sells (`is_seller`) may sit elsewhere than what ships (`is_shipper`)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="addresses")
    title = models.CharField(max_length=100)
    line1 = models.CharField(max_length=100, default="")
    line2 = models.CharField(max_length=100, default="")
    postal_code = models.CharField(max_length=10, default="")
    city = models.CharField(max_length=50, default="")
    province = models.CharField(max_length=50, default="")
    country = models.CharField(max_length=50, default="")
    link = models.CharField(max_length=2000, default="")
    shipping_notes = models.CharField(max_length=250, default="")
    internal_notes = models.CharField(max_length=250, default="")
    is_primary = models.BooleanField(default=False)
    is_seller = models.BooleanField(default=True)
    is_shipper = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_primary=True), name="address_is_primary_once_for_a_company"
            )
        ]

    def __str__(self) -> str:
        return self.title


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
    available = QuantityField(null=True)
    available_at = models.DateTimeField(null=True)
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


class PriceChange(models.Model):
    """One change of a price break: what a pack cost from this many packs on before, and what it costs since."""

    supplier_part = models.ForeignKey(SupplierPart, on_delete=models.CASCADE, related_name="price_changes")
    quantity = QuantityField()
    before = MoneyField(null=True)
    before_currency = models.CharField(max_length=3, default="")
    after = MoneyField(null=True)
    after_currency = models.CharField(max_length=3, default="")
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="price_changes")

    class Meta:
        ordering = ["supplier_part_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="price_change_is_of_a_price"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.before} -> {self.after}"


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
