"""Parts: what is bought, built and fitted, and the categories they stand in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outwork.models.fields import MoneyField, QuantityField
from outwork.models.owner import Owner
from outwork.models.quick import QuickModel
from outwork.models.subject import Attachment
from outwork.rules.lifecycle import Stage


class Category(models.Model):
    """A drawer of the catalogue; categories form a tree."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    description = models.CharField(max_length=250, default="")
    default_location = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    default_keywords = models.CharField(max_length=250, default="")
    icon = models.CharField(max_length=100, default="")
    is_structural = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="category_name_is_unique_under_its_parent"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(parent__isnull=True), name="category_name_is_unique_at_the_top"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Part(QuickModel):
    """A kind of thing. `number` is our own part number; `family` is the root of its variants and revisions.

    `weight` is in grams for one unit, `origin_country` an ISO 3166 code of two letters. `bom_checksum` is that of
    the bill of materials when it was last validated.
    """

    number = models.CharField(max_length=100, default="")
    name = models.CharField(max_length=100)
    revision = models.CharField(max_length=100, default="")
    number_key = models.CharField(max_length=201, null=True, unique=True)
    description = models.CharField(max_length=250, default="")
    keywords = models.CharField(max_length=250, default="")
    link = models.CharField(max_length=2000, default="")
    unit = models.CharField(max_length=20, default="")
    note = models.TextField(default="")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="parts")
    default_location = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    variant_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="variants")
    revision_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="revisions")
    family = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    is_assembly = models.BooleanField(default=False)
    is_component = models.BooleanField(default=True)
    is_trackable = models.BooleanField(default=False)
    is_purchaseable = models.BooleanField(default=True)
    is_salable = models.BooleanField(default=False)
    is_virtual = models.BooleanField(default=False)
    is_template = models.BooleanField(default=False)
    is_consumable = models.BooleanField(default=False)
    is_testable = models.BooleanField(default=False)
    is_locked = models.BooleanField(default=False)
    minimum_stock = QuantityField(default=0)
    maximum_stock = QuantityField(default=0)
    default_expiry_days = models.PositiveIntegerField(default=0)
    stage = models.CharField(
        max_length=12, default=Stage.RELEASED.value, choices=[(one.value, one.value) for one in Stage]
    )
    responsible = models.ForeignKey(Owner, null=True, on_delete=models.PROTECT, related_name="+")
    harmonised_code = models.CharField(max_length=20, default="")
    origin_country = models.CharField(max_length=2, default="")
    weight = QuantityField(null=True)
    image = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    bom_checksum = models.CharField(max_length=64, default="")
    bom_validated_at = models.DateTimeField(null=True)
    bom_validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number", "revision"], name="part_name_number_and_revision_are_unique_together"
            ),
            models.CheckConstraint(
                condition=Q(variant_of__isnull=True) | ~Q(variant_of=F("id")), name="part_is_not_its_own_variant"
            ),
            models.CheckConstraint(condition=Q(minimum_stock__gte=0), name="part_minimum_stock_is_not_negative"),
            models.CheckConstraint(condition=Q(maximum_stock__gte=0), name="part_maximum_stock_is_not_negative"),
            models.CheckConstraint(condition=Q(weight__isnull=True) | Q(weight__gt=0), name="part_weight_is_positive"),
        ]
        indexes = [
            models.Index(fields=["number"], name="part_by_number"),
            models.Index(fields=["minimum_stock"], name="part_by_minimum_stock"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How people name it: its number where it has one, else its name."""
        return self.number or self.name

    @property
    def serial_family(self) -> int:
        """The id over which serial numbers are unique by default."""
        return self.family_id or self.pk


_SHOWN = {"id", "number", "name", "unit", "is_active", "is_trackable", "is_consumable"}
# What a long list of lines does not need of its parts: `.select_related("part").defer(*PART_DETAILS)`.
PART_DETAILS = tuple(f"part__{field.name}" for field in Part._meta.concrete_fields if field.name not in _SHOWN)


class BomLine(QuickModel):
    """One line of a bill of materials: so much of a part goes into one assembly."""

    assembly = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="bom_lines")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="used_in")
    position = models.PositiveIntegerField(default=0)
    quantity = QuantityField(default=1)
    designators = models.TextField(default="")
    is_fitted = models.BooleanField(default=True)
    is_optional = models.BooleanField(default=False)
    is_consumable = models.BooleanField(default=False)
    is_inherited = models.BooleanField(default=False)
    allows_variants = models.BooleanField(default=False)
    attrition = QuantityField(default=0)
    setup = QuantityField(default=0)
    rounding = QuantityField(null=True)
    note = models.CharField(max_length=500, default="")
    checksum = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ["assembly_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bom_line_quantity_is_positive"),
            models.CheckConstraint(condition=~Q(assembly=F("part")), name="bom_line_part_is_not_its_assembly"),
            models.CheckConstraint(
                condition=Q(attrition__gte=0) & Q(attrition__lte=100), name="bom_line_attrition_is_a_percentage"
            ),
            models.CheckConstraint(condition=Q(setup__gte=0), name="bom_line_setup_is_not_negative"),
            models.CheckConstraint(
                condition=Q(rounding__isnull=True) | Q(rounding__gt=0), name="bom_line_rounding_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly_id} has {self.quantity} of {self.part_id}"


class BomSubstitute(models.Model):
    """A part that may stand in for the part of a BOM line; the lowest rank is preferred.

    `approved_by` is who allowed it, in words: a colleague, a customer, the author of an attached mail.
    """

    bom_line = models.ForeignKey(BomLine, on_delete=models.CASCADE, related_name="substitutes")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="substitute_in")
    rank = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, default="")
    approved_by = models.CharField(max_length=100, default="")
    approved_on = models.DateField(null=True)

    class Meta:
        ordering = ["bom_line_id", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bom_line", "part"], name="bom_substitute_is_named_once_on_a_line")
        ]

    def __str__(self) -> str:
        return f"{self.part_id} for line {self.bom_line_id}"


class BomSnapshot(models.Model):
    """What the bill of materials of an assembly was at one time; numbered per assembly, never changed."""

    assembly = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="bom_snapshots")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=500, default="")
    checksum = models.CharField(max_length=64)
    lines: Any = models.JSONField()
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="bom_snapshots")

    class Meta:
        ordering = ["assembly_id", "number"]
        constraints = [models.UniqueConstraint(fields=["assembly", "number"], name="bom_snapshot_number_is_given_once")]

    def __str__(self) -> str:
        return f"snapshot {self.number} of {self.assembly_id}"


class RelatedPart(models.Model):
    """Two parts that people should see together, and why."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="related_to")
    other = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="related_from")
    note = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "other"], name="related_part_is_named_once"),
            models.CheckConstraint(condition=~Q(part=F("other")), name="related_part_is_another_part"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} and {self.other_id}"


class InternalPrice(models.Model):
    """What a part is reckoned at inside the company, from this many units on, per unit."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="internal_prices")
    quantity = QuantityField()
    price = MoneyField()
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["part_id", "quantity"]
        constraints = [
            models.UniqueConstraint(fields=["part", "quantity"], name="internal_price_quantity_is_stated_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="internal_price_quantity_is_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="internal_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.price} {self.currency}"
