"""Events: what was done, by whom, when, on which document. Every operation leaves one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One operation as it happened; what `reverse` takes back and what the outbox is read from.

    `at` is when it happened in the shop and may be back-dated; `recorded_at` is the clock. The order
    of ids rules, `at` labels. With a `key` the event also keeps a hash of the request and its result,
    so that a repeat gets the first answer.
    """

    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    key = models.CharField(max_length=200, null=True)
    request_hash = models.CharField(max_length=64, default="")
    result: Any = models.JSONField(null=True)
    reason = models.TextField(default="")
    data: Any = models.JSONField(default=dict)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False)
    part = models.ForeignKey("Part", null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    company = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    item = models.ForeignKey("StockItem", null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    build = models.ForeignKey("Build", null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    order = models.ForeignKey(
        "PurchaseOrder", null=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )

    supplier_return = models.ForeignKey(
        "SupplierReturn", null=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "key"], condition=Q(key__isnull=False), name="event_key_is_used_once_by_an_actor"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="event_is_reversed_at_most_once"
            ),
        ]
        indexes = [
            models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"event_on_{name}")
            for name in ("part", "company", "item", "build", "order", "supplier_return")
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
