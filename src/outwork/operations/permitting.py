"""May somebody do this? One function asks, before every operation; pages and the API ask the same ones before they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from outwork.models import Attachment, Event, PurchaseLine, Role, User
from outwork.operations.system_account import NAME
from outwork.rules import roles
from outwork.rules.receiving import Arrival, Disposition
from outwork.rules.refusals import refuse
from outwork.rules.roles import Needed, Verb

_KEPT = "_outwork_rights"


def check_permitted(operation: str, request: Mapping[str, Any]) -> None:
    """Refuse what the actor of a request has no right to: not_permitted, user_not_active.

    Superusers and the system account may do everything. One statement for anybody else, the first time; one more
    to take back an event, and to decide on units while they are received.
    """
    actor: User = request["actor"]
    if may_everything(actor):
        return
    if not actor.is_active:
        refuse("user_not_active", username=actor.username, where=("actor",))
    rights = rights_of(actor)
    for needed in _needed(operation, request):
        if not roles.is_met(needed, rights):
            refuse("not_permitted", user=actor.username, needed=roles.in_words(needed), where=("actor",))


def may(user: User, area: str, verb: str) -> bool:
    """Whether somebody may view, add, change or delete in an area."""
    return f"{area}.{verb}" in rights_of(user)


def may_see_prices(user: User) -> bool:
    """Whether prices and costs are shown to somebody."""
    return may(user, "price", Verb.VIEW)


def may_everything(user: User) -> bool:
    """Whether nobody need ask: a superuser, or the account in whose name the program itself acts."""
    return (user.is_superuser and user.is_active) or user.username == NAME


def rights_of(user: User) -> frozenset[str]:
    """Every right that somebody has through groups, such as "stock.change"; one statement, once for each instance."""
    if may_everything(user):
        return roles.RIGHTS
    if not user.is_active:
        return frozenset()
    kept: frozenset[str] | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = frozenset(right for role in Role.objects.filter(group__user=user) for right in rights_in(role))
        setattr(user, _KEPT, kept)
    return kept


def rights_in(role: Role) -> list[str]:
    """The rights of one group in one area."""
    return [f"{role.area}.{verb}" for verb in Verb if getattr(role, f"may_{verb}")]


def _needed(operation: str, request: Mapping[str, Any]) -> list[Needed | None]:
    """What is asked for, all of it; None is for superusers only."""
    needed = roles.NEEDS.get(operation)
    if needed == roles.BY_NOUN:
        return [roles.needed_for_noun(operation, request["model"].__name__)]
    if needed == roles.BY_EVENT:
        kind = Event.objects.filter(pk=request["event"]).values_list("kind", flat=True).first()
        return [roles.needed_to_reverse(kind or "")]
    if needed == roles.BY_SUBJECT:
        return [roles.needed_for_subject(operation, kind) for kind in sorted(_subject_kinds(request))]
    if operation == "receive" and _decides(request):
        return [needed, roles.NEEDS["accept_outputs"]]
    return [needed]


def _decides(request: Mapping[str, Any]) -> bool:
    """Whether a receipt is asked to accept or reject units of builds, beyond what the manufacturer's default does."""
    asked = [one.line_id for one in request.get("arrivals", ()) if _is_decided(one, request.get("accept"))]
    return bool(asked) and PurchaseLine.objects.filter(pk__in=asked, build__isnull=False).exists()


def _is_decided(arrival: Arrival, accept: bool | None) -> bool:
    if arrival.disposition is not None:
        return arrival.disposition in (Disposition.ACCEPT, Disposition.REJECT)
    return bool(accept if arrival.accept is None else arrival.accept)


def _subject_kinds(request: Mapping[str, Any]) -> set[str]:
    """The kinds of what a request hangs something on, or takes something off; one statement for what hangs there."""
    named = [request[name] for name in ("subject", "attachment") if request.get(name) is not None]
    for name in ("subjects", "attachments"):
        named += request.get(name, ())
    ids = [one for one in named if isinstance(one, int)]
    kinds = {str(one.subject_kind) for one in named if hasattr(one, "subject_kind")}
    kinds |= {str(one[0]) for one in named if isinstance(one, tuple)}
    kinds |= {str(one._meta.verbose_name) for one in named if isinstance(one, Model)}
    if ids:
        kinds |= set(Attachment.objects.filter(pk__any=ids).values_list("subject_kind", flat=True))
    return kinds
