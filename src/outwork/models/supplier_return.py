"""Returns: what goes back to a supplier or manufacturer, to be replaced, reworked or credited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outwork.models.company import Company
from outwork.models.fields import MoneyField, QuantityField
from outwork.models.part import Part
from outwork.models.stock import StockItem
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import ReturnStatus


class SupplierReturn(models.Model):
    """A numbered document: what goes back to one company, why, for what, and who pays."""

    reference = models.CharField(max_length=64, unique=True)
    reference_number = models.BigIntegerField(default=0)
    supplier = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="supplier_returns")
    supplier_reference = models.CharField(max_length=64, default="")
    purpose = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ReturnPurpose])
    paid_by = models.CharField(max_length=8, choices=[(one.value, one.value) for one in PaidBy])
    status = models.PositiveSmallIntegerField(default=ReturnStatus.SENT.value)
    reason = models.CharField(max_length=500)
    currency = models.CharField(max_length=3)
    tracking_number = models.CharField(max_length=100, default="")
    expected_date = models.DateField(null=True)
    note = models.TextField(default="")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reference


class SupplierReturnLine(models.Model):
    """An item that goes back. `came_back` counts what was replaced or returned reworked, in base units.

    `credit` is what the supplier gives for the whole line, `cost` what a rework of it costs, in the document's
    currency; `credit_value` is the credit in base currency at the rate of its day. Null is not known yet. With
    `is_kept` the units stay here and only the credit note is for them.
    """

    document = models.ForeignKey(SupplierReturn, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(default=0)
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="return_lines")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    came_back = QuantityField(default=0)
    purchase_line = models.ForeignKey("PurchaseLine", null=True, on_delete=models.PROTECT, related_name="return_lines")
    build = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="return_lines")
    output = models.ForeignKey("BuildOutput", null=True, on_delete=models.PROTECT, related_name="return_lines")
    reason = models.CharField(max_length=500, default="")
    credit = MoneyField(null=True)
    credit_value = MoneyField(null=True)
    is_kept = models.BooleanField(db_default=False)
    cost = MoneyField(null=True)

    class Meta:
        ordering = ["document_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="supplier_return_line_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(came_back__gte=0) & Q(came_back__lte=F("quantity")),
                name="supplier_return_line_came_back_is_within_its_quantity",
            ),
            models.CheckConstraint(
                condition=Q(credit__isnull=True) | Q(credit__gte=0), name="supplier_return_line_credit_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.part_id} on {self.document_id}"
