"""Which tests units of a part go through: a template's key is its name without case and blanks."""

from __future__ import annotations

from collections import defaultdict

from outwork.models import Part, TestTemplate
from outwork.operations.master_data.batch import Batch, Row
from outwork.operations.master_data.locking import refuse_locked
from outwork.queries.bom import links
from outwork.rules.refusals import declare

declare(
    part_not_testable="{part} is not testable: say so before its tests are named",
    test_key_missing="{name} has no letter and no digit to tell the test by",
    test_known_in_family="{part} has the test {name} already, which counts for its variants too",
)


def test_key(name: str) -> str:
    """The name of a test as machines send it: "Leak Test (2)" is leaktest2."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def check_test_template(batch: Batch) -> None:
    """A test is of a testable part; above and below it among the variants no other goes by the same key."""
    for row in batch.changing("name", "part_id"):
        row.values["key"] = test_key(row["name"])
        if not row["key"] and "name" not in row.bad:
            batch.refuse(row, "name", "test_key_missing", name=row["name"])
        part = batch.one(row, "part_id")
        if part is not None and not part.is_testable:
            batch.refuse(row, "part", "part_not_testable", part=part.label)
    refuse_locked(batch, "part", "part_facts_locked", lambda row: batch.one(row, "part_id") if row.values else None)
    _check_family(batch, [row for row in batch.changing("name", "part_id") if row["part_id"]])


def check_test_template_removal(batch: Batch) -> None:
    """Tests of a locked part stay."""
    refuse_locked(batch, "id", "part_facts_locked", lambda row: batch.one(row, "part_id"))


def _check_family(batch: Batch, rows: list[Row]) -> None:
    """Tests of a template part count for its variants; three statements, one where nothing is a variant."""
    above = links() if rows else {}
    if not above:
        return
    below: dict[int, set[int]] = defaultdict(set)
    for part in above:
        for higher in _path(part, above):
            below[higher].add(part)
    kin = {row["part_id"]: {*_path(row["part_id"], above), *below[row["part_id"]]} for row in rows}
    wanted = {pk for parts in kin.values() for pk in parts}
    if not wanted:
        return
    mine = {row.id for row in rows}
    standing = {
        (part, key): name
        for pk, part, key, name in TestTemplate.objects.filter(part__any=wanted).values_list(
            "pk", "part", "key", "name"
        )
        if pk not in mine
    }
    standing |= {(row["part_id"], row["key"]): row["name"] for row in rows}
    labels = {part.pk: part.label for part in Part.objects.filter(pk__any=wanted)}
    for row in rows:
        for part in sorted(kin[row["part_id"]]):
            if name := standing.get((part, row["key"])):
                batch.refuse(row, "name", "test_known_in_family", part=labels[part], name=name)
                break


def _path(part: int, above: dict[int, int]) -> list[int]:
    """What a part is a variant of, nearest first."""
    path: list[int] = []
    while (part := above.get(part, 0)) and part not in path:
        path.append(part)
    return path
