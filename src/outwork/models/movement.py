"""Movements: the append-only ledger that stock is the sum of."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q

from outwork.models.fields import MoneyField, QuantityField, RateField
from outwork.models.quick import QuickModel
from outwork.rules.places import Kind, PlaceKind

_AT_LOCATION = PlaceKind.LOCATION
_NULLABLE_KEYS = (
    "source_item",
    "target_item",
    "build",
    "build_line",
    "output",
    "purchase_line",
    "supplier_return",
    "corrects",
    "reverses",
)


class MovementQuerySet(models.QuerySet["Movement"]):
    """Movements are read and added, never changed."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("a movement is never changed: post another one")

    def delete(self) -> NoReturn:
        raise TypeError("a movement is never deleted: post another one")


class Movement(QuickModel):
    """One change of stock. Two sides, each an item and a place; an empty side is the outside world.

    A whole move has the same item on both sides; a split has two. `value` is what moved in base
    currency (null: unknown) and `amount`, `currency`, `rate` say where it came from. A movement of
    quantity 0 changes only the value: it `corrects` an earlier movement or costs an output.
    """

    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    quantity = QuantityField()
    source_item = models.ForeignKey(
        "StockItem", null=True, on_delete=models.PROTECT, related_name="movements_out", db_index=False
    )
    target_item = models.ForeignKey(
        "StockItem", null=True, on_delete=models.PROTECT, related_name="movements_in", db_index=False
    )
    source_place = models.PositiveSmallIntegerField(null=True)
    target_place = models.PositiveSmallIntegerField(null=True)
    source_location = models.ForeignKey(
        "Location", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    target_location = models.ForeignKey(
        "Location", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey("StockItem", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.ForeignKey("Part", on_delete=models.PROTECT, related_name="movements", db_index=False)
    batch = models.CharField(max_length=100, default="")
    serial = models.CharField(max_length=100, null=True)
    build = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="movements", db_index=False)
    build_line = models.ForeignKey(
        "BuildLine", null=True, on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    output = models.ForeignKey(
        "BuildOutput", null=True, on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    manufacturer = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    purchase_line = models.ForeignKey(
        "PurchaseLine", null=True, on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    supplier_return = models.ForeignKey(
        "SupplierReturn", null=True, on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    value = MoneyField(null=True)
    amount = MoneyField(null=True)
    currency = models.CharField(max_length=3, default="")
    rate = RateField(null=True)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = MovementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="movement_quantity_is_not_negative"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(kind__in=[Kind.REVALUED.value, Kind.COSTED.value]),
                name="movement_of_nothing_changes_only_the_value",
            ),
            models.CheckConstraint(
                condition=Q(source_item__isnull=False) | Q(target_item__isnull=False),
                name="movement_has_stock_on_a_side",
            ),
            models.CheckConstraint(
                condition=Q(source_item__isnull=True, source_place__isnull=True)
                | Q(source_item__isnull=False, source_place__isnull=False),
                name="movement_source_is_an_item_at_a_place",
            ),
            models.CheckConstraint(
                condition=Q(target_item__isnull=True, target_place__isnull=True)
                | Q(target_item__isnull=False, target_place__isnull=False),
                name="movement_target_is_an_item_at_a_place",
            ),
            models.CheckConstraint(
                condition=(Q(source_place=_AT_LOCATION) & Q(source_location__isnull=False))
                | ((~Q(source_place=_AT_LOCATION) | Q(source_place__isnull=True)) & Q(source_location__isnull=True)),
                name="movement_source_location_is_named",
            ),
            models.CheckConstraint(
                condition=(Q(target_place=_AT_LOCATION) & Q(target_location__isnull=False))
                | ((~Q(target_place=_AT_LOCATION) | Q(target_place__isnull=True)) & Q(target_location__isnull=True)),
                name="movement_target_location_is_named",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.REVALUED.value, corrects__isnull=False)
                | (~Q(kind=Kind.REVALUED.value) & Q(corrects__isnull=True)),
                name="movement_that_revalues_names_what_it_corrects",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(corrects__lt=F("id")),
                name="movement_corrects_an_earlier_one",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="movement_is_reversed_at_most_once"
            ),
        ]
        indexes = [
            models.Index(fields=["part", "at"], name="movement_by_part"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"movement_by_{name}")
                for name in _NULLABLE_KEYS
                if name != "reverses"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} of {self.part_id}"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("movements are posted through the ledger")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a movement is never deleted: post another one")
