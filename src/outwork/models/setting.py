"""Settings and counters: what the company decided, and the numbers given out so far."""

from __future__ import annotations

from typing import Any

from django.db import models


class Setting(models.Model):
    """One setting that differs from its default; the registry is `rules/settings.py`."""

    key = models.CharField(max_length=100, unique=True)
    value: Any = models.JSONField()

    def __str__(self) -> str:
        return self.key


class Counter(models.Model):
    """The last number given out for one kind of document; its row is locked by who takes the next."""

    name = models.CharField(max_length=50, unique=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
