"""What hangs on order lines: announced deliveries, the builds a line is bought for, reserved serial numbers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from outwork.models.build import OPEN_BUILDS, Build, BuildLine
from outwork.models.fields import QuantityField
from outwork.models.purchase import OPEN_ORDERS, PurchaseLine
from outwork.rules.delivering import TransportMode
from outwork.rules.serial_ranges import SerialRange


class AnnouncedDeliveryQuerySet(models.QuerySet["AnnouncedDelivery"]):
    """Announced deliveries as one asks for them."""

    def expected(self) -> AnnouncedDeliveryQuerySet:
        """Neither cancelled nor closed, and not here in full."""
        return self.filter(is_cancelled=False, is_closed=False, received__lt=F("quantity"))


class AnnouncedDelivery(models.Model):
    """A part of an order line that the supplier says is coming; several make up a line.

    `received` counts, in base units, what receipts took from it. `serials` is the list that the supplier sent
    ahead, in the order it was sent. A cancelled one is no longer expected, nor is the rest of a closed one.
    """

    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="announced_deliveries")
    quantity = QuantityField()
    received = QuantityField(default=0)
    mode = models.CharField(max_length=12, default="", choices=[(mode.value, mode.value) for mode in TransportMode])
    carrier = models.CharField(max_length=100, default="")
    tracking_number = models.CharField(max_length=100, default="")
    expected_date = models.DateField(null=True)
    serials: Any = models.JSONField(default=list)
    batch = models.CharField(max_length=100, default="")
    is_cancelled = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    note = models.CharField(max_length=500, default="")
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="announced_deliveries")

    objects = AnnouncedDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["line_id", "expected_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="announced_delivery_quantity_is_positive"),
            models.CheckConstraint(condition=Q(received__gte=0), name="announced_delivery_received_is_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["tracking_number"], condition=~Q(tracking_number=""), name="announced_delivery_by_tracking"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"

    @property
    def state(self) -> str:
        """Where it stands, in a word."""
        if self.is_cancelled:
            return "cancelled"
        if self.received >= self.quantity:
            return "here"
        return "closed" if self.is_closed else "expected"

    @property
    def is_expected(self) -> bool:
        """Whether something of it is still to come."""
        return self.state == "expected"


class Demand(models.Model):
    """So much of an order line is bought for a build line, in base units; what is left is for stock."""

    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="demands")
    build_line = models.ForeignKey(BuildLine, on_delete=models.PROTECT, related_name="demands")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "build_line"], name="demand_of_a_build_line_is_one_row"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="demand_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of order line {self.line_id} for line {self.build_line_id}"


class SerialReservationQuerySet(models.QuerySet["SerialReservation"]):
    """Reservations as one asks for them."""

    def standing(self) -> SerialReservationQuerySet:
        """Not void, and for an order line that still expects units, or for a build that is open.

        So what is not used is free again by itself when the line or the build closes.
        """
        awaited = Q(
            purchase_line__is_closed=False,
            purchase_line__received__lt=F("purchase_line__ordered"),
            purchase_line__order__status__in=OPEN_ORDERS,
        )
        building = Q(purchase_line__isnull=True, build__status__in=OPEN_BUILDS)
        return self.filter(awaited | building, is_void=False)


class SerialReservation(models.Model):
    """Serial numbers kept for a build or an order line: `prefix`, then the numbers from first to last.

    `scope` is where they are unique (as in stock items); `width` the digits that numbers are filled up to with
    zeros. A void one is free again, as is one whose line or build is over (`standing`).
    """

    scope = models.BigIntegerField()
    prefix = models.CharField(max_length=80, default="")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    width = models.PositiveSmallIntegerField(default=0)
    build = models.ForeignKey(Build, null=True, on_delete=models.PROTECT, related_name="serial_reservations")
    purchase_line = models.ForeignKey(
        PurchaseLine, null=True, on_delete=models.PROTECT, related_name="serial_reservations"
    )
    is_void = models.BooleanField(default=False)
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="serial_reservations")

    objects = SerialReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=0) & Q(first__lte=F("last")), name="serial_reservation_goes_from_first_to_last"
            ),
            models.CheckConstraint(
                condition=Q(build__isnull=False) | Q(purchase_line__isnull=False),
                name="serial_reservation_is_for_a_build_or_an_order_line",
            ),
        ]
        indexes = [models.Index(fields=["scope", "last"], name="serial_reservation_by_scope")]

    def __str__(self) -> str:
        return str(self.range)

    @property
    def range(self) -> SerialRange:
        """Its serial numbers."""
        return SerialRange(self.prefix, self.first, self.last, self.width)
