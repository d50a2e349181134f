"""In whose name a command acts: `--as`, OUTWORK_USER, the only superuser, or the system account."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypedDict, TypeVar

import click
from django.utils import timezone

from outwork.cli.tables import money
from outwork.models import User
from outwork.operations import system_account
from outwork.operations.permitting import may_see_prices
from outwork.queries.people import user_named
from outwork.rules.hiding import HIDDEN
from outwork.rules.refusals import refuse

Command = TypeVar("Command", bound=Callable[..., Any])


class By(TypedDict):
    """Who does it and when: what every operation wants to know."""

    actor: User
    at: datetime.datetime


def actor_option(command: Command) -> Command:
    """Give a command `--as USERNAME`, passed to it as `username`; hand that to `by` or `find_actor`."""
    return click.option(
        "--as",
        "username",
        envvar="OUTWORK_USER",
        metavar="USERNAME",
        help="Act in the name of this user; also OUTWORK_USER. Default: the only superuser, else the system account.",
    )(command)


def by(username: str | None, *, at: datetime.datetime | None = None) -> By:
    """Who acts and when, for an operation's `actor` and `at`: `operate(..., **by(username))`."""
    return {"actor": find_actor(username), "at": at or timezone.now()}


def find_actor(username: str | None) -> User:
    """The user named; else the only active superuser; else the system account, made on first use.

    Refuses user_unknown, user_not_active.
    """
    if username and username != system_account.NAME:
        user = user_named(username, where=("as",))
        if not user.is_active:
            refuse("user_not_active", username=username, where=("as",))
        return user
    if not username:
        superusers = list(User.objects.filter(is_superuser=True, is_active=True)[:2])
        if len(superusers) == 1:
            return superusers[0]
    return system_account.system_account()


def money_for(user: User, amount: Decimal | None, currency: str) -> str:
    """An amount as `money` writes it, or a word instead for who may not see prices."""
    return money(amount, currency) if may_see_prices(user) else HIDDEN
