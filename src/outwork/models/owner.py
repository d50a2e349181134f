"""Who something belongs to or who answers for it: one person or one group of people."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class Owner(models.Model):
    """A user or a group, as stock, locations, parts and projects name their owner."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owner")
    group = models.OneToOneField(Group, null=True, on_delete=models.PROTECT, related_name="owner")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, group__isnull=True) | Q(user__isnull=True, group__isnull=False),
                name="owner_is_a_user_or_a_group",
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.group)


class Role(models.Model):
    """What the members of a group may do in one area; the areas are listed in `rules/roles.py`."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="roles")
    area = models.CharField(max_length=32)
    may_view = models.BooleanField(default=False)
    may_add = models.BooleanField(default=False)
    may_change = models.BooleanField(default=False)
    may_delete = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "area"], name="role_of_a_group_in_an_area_is_one_row")]

    def __str__(self) -> str:
        return f"{self.group_id} in {self.area}"


class ProjectCode(models.Model):
    """What builds and orders are booked to."""

    code = models.CharField(max_length=50, unique=True)
    description = models.CharField(max_length=200, default="")
    responsible = models.ForeignKey(Owner, null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code
