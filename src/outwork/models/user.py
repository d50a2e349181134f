"""Users: people and the scripts that act for them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who signs in, or a script; every event names one."""
