"""Purchase orders: lines, extra lines, and the history of what was promised."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outwork.models.company import Address, Company, Contact, SupplierPart
from outwork.models.fields import MoneyField, QuantityField
from outwork.models.owner import ProjectCode
from outwork.models.part import Part
from outwork.models.quick import QuickModel
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.states import OrderStatus

OPEN_ORDERS = (OrderStatus.DRAFT, OrderStatus.PLACED, OrderStatus.ON_HOLD)


class PurchaseOrder(models.Model):
    """What we ordered from one supplier."""

    reference = models.CharField(max_length=64, unique=True)
    reference_number = models.BigIntegerField(default=0)
    supplier = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="purchase_orders")
    supplier_reference = models.CharField(max_length=64, default="")
    description = models.CharField(max_length=250, default="")
    status = models.PositiveSmallIntegerField(default=OrderStatus.DRAFT)
    currency = models.CharField(max_length=3)
    destination = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="+")
    project_code = models.ForeignKey(ProjectCode, null=True, on_delete=models.PROTECT, related_name="purchase_orders")
    payment_terms = models.CharField(max_length=100, default="")
    incoterm = models.CharField(max_length=50, default="")
    link = models.CharField(max_length=2000, default="")
    note = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    start_date = models.DateField(null=True)
    target_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Neither complete nor cancelled, lost or returned."""
        return self.status in OPEN_ORDERS


class PurchaseLineQuerySet(models.QuerySet["PurchaseLine"]):
    """Order lines as one asks for them."""

    def on_order(self) -> PurchaseLineQuerySet:
        """Placed or on hold and still expected."""
        return self.filter(
            order__status__in=(OrderStatus.PLACED, OrderStatus.ON_HOLD), is_closed=False, received__lt=F("ordered")
        )


class PurchaseLine(QuickModel):
    """One thing ordered. `ordered` and `received` are in base units, `price` is per pack of `pack_size`.

    `build` is the external build whose outputs it delivers. `is_closed` closes it short: what is still
    open is no longer on order.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(default=0)
    supplier_part = models.ForeignKey(SupplierPart, on_delete=models.PROTECT, related_name="purchase_lines")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="purchase_lines")
    build = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="purchase_lines")
    pack_size = QuantityField(default=1)
    ordered = QuantityField()
    received = QuantityField(default=0)
    price = MoneyField(null=True)
    currency = models.CharField(max_length=3)
    discount = QuantityField(default=0)
    destination = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    requested_date = models.DateField(null=True)
    confirmed_date = models.DateField(null=True)
    promised_date = models.DateField(null=True)
    supplier_confirmation = models.CharField(max_length=100, default="")
    is_closed = models.BooleanField(default=False)
    reference = models.CharField(max_length=100, default="")
    note = models.CharField(max_length=500, default="")

    objects = PurchaseLineQuerySet.as_manager()

    class Meta:
        ordering = ["order_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ordered__gt=0), name="purchase_line_ordered_is_positive"),
            models.CheckConstraint(condition=Q(received__gte=0), name="purchase_line_received_is_not_negative"),
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="purchase_line_pack_size_is_positive"),
            models.CheckConstraint(
                condition=Q(discount__gte=0) & Q(discount__lte=100), name="purchase_line_discount_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordered} of {self.part_id} on {self.order_id}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still expected, in base units."""
        return Decimal(0) if self.is_closed else max(Decimal(0), self.ordered - self.received)


class ExtraLine(models.Model):
    """A cost of an order that is no part: freight, a stencil, a deposit.

    `spread` says how it bears on the unit cost; a deposit never does. `line` is the line it lies on
    (spread "on line"), `over_units` the number of units it is spread over.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="extra_lines")
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in ExtraKind])
    description = models.CharField(max_length=250, default="")
    quantity = QuantityField(default=1)
    price = MoneyField(null=True)
    currency = models.CharField(max_length=3)
    discount = QuantityField(default=0)
    spread = models.CharField(max_length=16, choices=[(mode.value, mode.value) for mode in SpreadMode])
    line = models.ForeignKey(PurchaseLine, null=True, on_delete=models.PROTECT, related_name="extra_lines")
    over_units = QuantityField(null=True)
    reference = models.CharField(max_length=100, default="")
    note = models.CharField(max_length=500, default="")

    class Meta:
        ordering = ["order_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="extra_line_quantity_is_positive"),
            models.CheckConstraint(
                condition=~Q(spread=SpreadMode.ON_LINE.value) | Q(line__isnull=False),
                name="extra_line_spread_on_a_line_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(spread=SpreadMode.OVER_UNITS.value) | Q(over_units__gt=0),
                name="extra_line_spread_over_units_says_how_many",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ExtraKind.DEPOSIT.value) | Q(spread=SpreadMode.NOT_IN_COST.value),
                name="extra_line_of_a_deposit_is_not_cost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.order_id}"


class PromiseChange(models.Model):
    """One change of a date of an order line: what it was, what it became, and why."""

    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="promise_changes")
    which = models.CharField(max_length=12)
    before = models.DateField(null=True)
    after = models.DateField(null=True)
    reason = models.CharField(max_length=500, default="")
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="promise_changes")

    class Meta:
        ordering = ["line_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(which__in=["requested", "confirmed", "promised"]),
                name="promise_change_is_of_a_requested_confirmed_or_promised_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.which} {self.before} -> {self.after}"
