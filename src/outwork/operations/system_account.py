"""The account in whose name the program itself acts, where no person was named."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from outwork.models import User

NAME = "outwork"


def system_account() -> User:
    """The system account, made on first use: nobody can sign in with it."""
    user, _ = User.objects.get_or_create(
        username=NAME, defaults={"is_active": False, "first_name": "Outwork", "password": make_password(None)}
    )
    return user
