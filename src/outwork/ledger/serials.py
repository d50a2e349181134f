"""Serial numbers in stock: over which parts one is unique, which are free, and which was the last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from outwork.ledger.constraints import name_constraint
from outwork.models import Part
from outwork.queries import settings
from outwork.rules.refusals import Reason, Reasons, Refusal, Where, declare, refuse
from outwork.rules.serials import SERIAL_LENGTH_LIMIT, SERIALS_LIMIT, parse_serials

declare(
    serials_used="Serial numbers that are used already: {serials}",
    serials_repeated="Serial numbers that another row of this request has too: {serials}",
)

WHOLE_COMPANY = 0
Scope = int

# The condition is written as in the unique index, or the databases do not use it.
_USED_SQLITE = """
    SELECT item.serial_scope, item.serial
    FROM json_each(%s) AS wanted
    CROSS JOIN outwork_stockitem AS item
    WHERE item.serial_scope = json_extract(wanted.value, '$[0]') AND item.serial = json_extract(wanted.value, '$[1]')
      AND item.serial IS NOT NULL AND NOT (item.place = 5)
"""
_USED_POSTGRESQL = """
    SELECT item.serial_scope, item.serial
    FROM unnest(%s::bigint[], %s::text[]) AS wanted(scope, serial)
    JOIN outwork_stockitem AS item ON item.serial_scope = wanted.scope AND item.serial = wanted.serial
    WHERE item.serial IS NOT NULL AND NOT (item.place = 5)
"""
_LATEST = """
    SELECT serial_scope, serial FROM (
        SELECT serial_scope, serial,
               row_number() OVER (PARTITION BY serial_scope ORDER BY serial_number DESC, serial DESC, id DESC) AS place
        FROM outwork_stockitem
        WHERE serial_scope {scopes} AND serial IS NOT NULL AND NOT (place = 5)
    ) AS ranked
    WHERE place = 1
"""
_OF_SCOPES = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s::bigint[])"}


@dataclass(frozen=True, slots=True)
class Claim:
    """The serial numbers that one row of a request wants for new units of a part."""

    scope: Scope
    serials: Sequence[str]
    where: Where = ()


def scopes(parts: Iterable[Part]) -> dict[int, Scope]:
    """Over what the serial numbers of each part are unique, by part id; one statement.

    The setting SERIAL_NUMBER_SCOPE says it: the part's family (its root's id), the part, or the company (0).
    """
    rule = settings.get("SERIAL_NUMBER_SCOPE")
    if rule == "company":
        return {part.pk: WHOLE_COMPANY for part in parts}
    return {part.pk: part.pk if rule == "part" else part.serial_family for part in parts}


def latest(wanted: Iterable[Scope]) -> dict[Scope, str]:
    """The highest serial number of each of these scopes; one statement, and only `~` asks for it."""
    scopes = sorted(set(wanted))
    given = json.dumps(scopes) if connection.vendor == "sqlite" else scopes
    with connection.cursor() as cursor:
        cursor.execute(_LATEST.format(scopes=_OF_SCOPES[connection.vendor]), [given])
        return dict(cursor.fetchall())


def read_serials(given: str | Sequence[str], *, count: int, latest: str | None = None, where: Where = ()) -> list[str]:
    """The serial numbers of `count` units, from the short way of writing them or from a list."""
    if isinstance(given, str):
        try:
            return parse_serials(given, count=count, latest=latest)
        except Refusal as refusal:
            raise Refusal(*(Reason(one.code, one.params, where) for one in refusal.reasons)) from None
    serials = [str(serial).strip() for serial in given]
    reasons = Reasons()
    if len(serials) > SERIALS_LIMIT:
        refuse("serials_too_many", count=len(serials), limit=SERIALS_LIMIT, where=where)
    for serial in serials:
        if len(serial) > SERIAL_LENGTH_LIMIT:
            shown = f"{serial[:20]}..."
            reasons.add("serial_too_long", serial=shown, length=len(serial), limit=SERIAL_LENGTH_LIMIT, where=where)
        elif not serial or not serial.isprintable() or re.search(r"\s", serial):
            reasons.add("serial_invalid", serial=repr(serial), where=where)
    twice = _repeated(serials)
    if twice:
        reasons.add("serials_duplicate", serials=twice, where=where)
    if len(serials) != count:
        reasons.add("serials_count", found=len(serials), count=count, where=where)
    reasons.raise_any()
    return serials


def check_free(claims: Sequence[Claim], reasons: Reasons) -> None:
    """Note every serial number that is used already or claimed by two rows; one statement, however many.

    Somebody else may take one between this and the write; then the unique constraint has the last word
    (write inside `naming_constraints()`).
    """
    used = find_used((claim.scope, serial) for claim in claims for serial in claim.serials)
    seen: set[tuple[Scope, str]] = set()
    for claim in claims:
        taken = [serial for serial in claim.serials if (claim.scope, serial) in used]
        if taken:
            reasons.add("serials_used", serials=taken, where=claim.where)
        mine = {(claim.scope, serial) for serial in claim.serials}
        if both := mine & seen:
            reasons.add("serials_repeated", serials=sorted(serial for _, serial in both), where=claim.where)
        seen |= mine


def find_used(wanted: Iterable[tuple[Scope, str]]) -> set[tuple[Scope, str]]:
    """Those of the (scope, serial) pairs that an existing item has; one statement."""
    pairs = sorted(set(wanted))
    if not pairs:
        return set()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_USED_SQLITE, [json.dumps(pairs)])
        else:
            cursor.execute(_USED_POSTGRESQL, [[scope for scope, _ in pairs], [serial for _, serial in pairs]])
        return set(cursor.fetchall())


def _repeated(serials: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for serial in serials:
        if serial in seen:
            twice[serial] = None
        seen.add(serial)
    return list(twice)


def _taken_meanwhile(detail: str) -> Reason:
    found = re.search(r"=\(-?\d+, (.*)\) already exists", detail)
    return Reason("serials_used", {"serials": [found[1]] if found else []})


name_constraint("stock_item_serial_is_unique_in_its_scope", _taken_meanwhile)
