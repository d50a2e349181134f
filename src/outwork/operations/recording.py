"""What every operation shares: one transaction, one event, and the first answer for a repeated key."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import inspect
import json
from collections.abc import Callable
from contextvars import ContextVar
from decimal import Decimal
from enum import Enum
from typing import Any, ParamSpec

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from outwork.models import Build, Company, Event, Part, PurchaseOrder, StockItem, SupplierReturn, User
from outwork.operations.permitting import check_permitted, may_see_prices
from outwork.queries.settings import several
from outwork.rules.days import day_in
from outwork.rules.hiding import reasons_without_amounts, said_without_amounts
from outwork.rules.refusals import Refusal, declare, refuse
from outwork.rules.secrets import Secret

declare(
    key_used_for_another_request="Key {key} was used for another request ({kind} on {at}); a new request needs a new key",
    time_without_zone="The time {at} names no time zone",
    time_in_the_future="{at} lies in the future",
    period_closed="{day} lies in a closed period: the books are closed until {closed}. Date it later",
)

P = ParamSpec("P")
# Clocks differ; what is so little off is meant to be now.
_JUST_NOW = datetime.timedelta(minutes=5)
# An operation that is a step of another one is not asked about again.
_is_step: ContextVar[bool] = ContextVar("is_step", default=False)
_DOCUMENTS: dict[type[models.Model], str] = {
    Build: "build",
    PurchaseOrder: "order",
    Part: "part",
    Company: "company",
    StockItem: "item",
    SupplierReturn: "supplier_return",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What an operation did: its event, the ids of what it made or changed, what it wants to say.

    `said` holds warnings and explanations as JSON-able dicts, each with a `code`; `data` the rest of
    the answer. All of it is kept with the event when the caller gave a key.
    """

    event_id: int
    ids: list[int] = dataclasses.field(default_factory=list)
    said: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)


def operation(function: Callable[P, Done]) -> Callable[P, Done]:
    """Ask whether the actor may; run in one transaction; with a `key`, do it once and answer repeats with the first answer.

    The function takes keyword arguments only, among them `actor`, `at` and `key`. What right it takes stands by its
    name in rules/roles.py; who may do an operation may do its steps. Nothing is dated into a closed period. Two calls with one key wait for each other. The
    same key with another request is refused. Who may not see prices is told no amounts, also not in a refusal.
    """
    signature = inspect.signature(function)
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> Done:
        assert not args, f"{name} takes keyword arguments only"
        request: dict[str, Any] = dict(kwargs)
        if not _is_step.get():
            check_permitted(function.__name__, request)
        _check_time(request["at"])

        def act() -> Done:
            if not was_step:
                _check_period(request["at"])
            return function(*args, **kwargs)

        was_step = _is_step.get()
        before = _is_step.set(True)
        try:
            with transaction.atomic():
                if request.get("key") is None:
                    done = act()
                else:
                    done = _once(act, request, _digest(name, signature, request))
        except Refusal as refusal:
            if was_step or may_see_prices(request["actor"]):
                raise
            raise Refusal(*reasons_without_amounts(refusal.reasons)) from None
        finally:
            _is_step.reset(before)
        if was_step or may_see_prices(request["actor"]):
            return done
        return dataclasses.replace(done, said=said_without_amounts(done.said))

    return run


def _once(act: Callable[[], Done], request: dict[str, Any], digest: str) -> Done:
    """The first answer to a key; the act is done if there is none yet."""
    actor, key = request["actor"], str(request["key"])
    _check_key(key)
    first = _first_answer(actor, key, digest)
    if first is not None:
        return first
    done = act()
    result = json.loads(json.dumps(dataclasses.asdict(done), default=_plain))
    Event.objects.filter(pk=done.event_id).update(key=key, request_hash=digest, result=result)
    return Done(**result)


def record(
    kind: str,
    *documents: models.Model,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
    reverses: Event | None = None,
) -> Event:
    """Note what is being done, by whom, when, on which documents (one of each kind)."""
    keys = {_DOCUMENTS[type(one)]: one for one in documents if type(one) in _DOCUMENTS}
    event = Event(
        kind=kind,
        actor=actor,
        at=at,
        recorded_at=timezone.now(),
        reason=reason,
        data=data or {},
        reverses=reverses,
        **keys,
    )
    event.save(force_insert=True)
    return event


def _check_time(at: Any) -> None:
    if at.tzinfo is None:
        refuse("time_without_zone", at=at.isoformat())
    if at > timezone.now() + _JUST_NOW:
        refuse("time_in_the_future", at=at.isoformat(timespec="minutes"))


def _check_period(at: datetime.datetime) -> None:
    """Refuse period_closed for what is dated into a closed period; one statement, and none for what happens now."""
    if at > timezone.now() - _JUST_NOW:
        return  # a period is closed only when its last day is over
    settings = several("CLOSED_UNTIL", "TIME_ZONE")
    closed, day = settings["CLOSED_UNTIL"], day_in(at, settings["TIME_ZONE"])
    if closed and day <= datetime.date.fromisoformat(closed):
        refuse("period_closed", day=day.isoformat(), closed=closed, where=("at",))


def _check_key(key: str) -> None:
    limit = Event._meta.get_field("key").max_length
    if limit is not None and len(key) > limit:
        refuse("text_too_long", field="key", length=len(key), limit=limit, where=("key",))


def _first_answer(actor: User, key: str, digest: str) -> Done | None:
    """The answer that the key got before; waits for another call with the same key that is under way."""
    if connection.vendor == "postgresql":
        lock = int.from_bytes(hashlib.sha256(f"{actor.pk}:{key}".encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    event = Event.objects.filter(actor=actor, key=key).first()
    if event is None:
        return None
    if event.request_hash != digest:
        refuse(
            "key_used_for_another_request", key=key, kind=event.kind, at=event.recorded_at.isoformat(timespec="minutes")
        )
    return Done(**event.result)


def _digest(name: str, signature: inspect.Signature, request: dict[str, Any]) -> str:
    """A hash of what was asked; when and by whom do not belong to it."""
    bound = signature.bind(**request)
    bound.apply_defaults()
    asked = {key: value for key, value in bound.arguments.items() if key not in ("actor", "at", "key")}
    text = json.dumps([name, asked], default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):  # a hash of it that only this installation can make
        return salted_hmac("outwork.request", value.text, algorithm="sha256").hexdigest()
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, type):
        return value.__name__
    raise TypeError(f"{type(value).__name__} cannot be part of a request with a key")
