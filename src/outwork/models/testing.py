"""Tests of units: which are asked for, and what came out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from outwork.models.part import Part
from outwork.models.stock import StockItem


class TestTemplate(models.Model):
    """A test that units of a part (and of its variants) go through; `key` is its name without case and blanks."""

    __test__ = False

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="test_templates")
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    description = models.CharField(max_length=100, default="")
    is_required = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    needs_value = models.BooleanField(default=False)
    needs_attachment = models.BooleanField(default=False)
    choices: Any = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "key"], name="test_template_is_known_once_for_a_part")]

    def __str__(self) -> str:
        return self.name


class TestResult(models.Model):
    """What a test of one item brought; the latest result of a template counts."""

    __test__ = False

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="test_results")
    template = models.ForeignKey(TestTemplate, on_delete=models.PROTECT, related_name="results")
    passed = models.BooleanField()
    value = models.CharField(max_length=500, default="")
    note = models.CharField(max_length=500, default="")
    station = models.CharField(max_length=500, default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField()
    tested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="test_results")

    class Meta:
        ordering = ["item_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(finished_at__isnull=True)
                | Q(started_at__lte=models.F("finished_at")),
                name="test_result_starts_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template_id} of {self.item_id}: {'passed' if self.passed else 'failed'}"
