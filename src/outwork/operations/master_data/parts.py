"""What must hold of categories and parts, and what follows: number key, family, what relies on a flag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from outwork.ledger import rows
from outwork.models import BomLine, BomSubstitute, Build, Location, Part, PurchaseLine, StockItem, TestTemplate
from outwork.models.purchase import OPEN_ORDERS
from outwork.operations.master_data.batch import Batch, Reliance, Row, check_reliances, count_by
from outwork.operations.master_data.locking import refuse_locked
from outwork.queries.bom import edges_below, labels
from outwork.rules.bom import find_cycle
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import declare, refuse

declare(
    category_structural="{category} is structural: no part stands in it",
    default_location_structural="{location} is structural: nothing lies in it",
    part_not_template="{part} is not a template, so it has no variants",
    part_family_cycle="{path}: a part cannot be a variant or revision of itself",
    part_has_serials="{part} changes its family of serial numbers, and items with serial numbers are in it ({count})",
    revision_missing="A revision of {part} needs a revision code",
    revision_of_template="{part} is a template, which has variants and no revisions",
    revision_of_other_variant="A revision of {part} is a variant of the same part as it is",
    unit_relied_on="{part} cannot change its unit: {items} stock items, {lines} BOM lines and {orders} order lines count in it",
    part_used_in_fractions="{part} cannot be trackable: {count} BOM lines use a fraction of it",
    part_active="{part} is still active: make it inactive before it is removed",
    part_locked="{part} is locked",
)

RELIANCES = (
    Reliance(
        "is_purchaseable", False, "open external builds", lambda: Build.objects.open().filter(is_external=True), "part"
    ),
    Reliance(
        "is_purchaseable",
        False,
        "open order lines",
        lambda: PurchaseLine.objects.filter(order__status__in=OPEN_ORDERS, is_closed=False),
        "part",
    ),
    Reliance("is_assembly", False, "BOM lines", lambda: BomLine.objects.all(), "assembly"),
    Reliance("is_assembly", False, "open builds", lambda: Build.objects.open(), "part"),
    Reliance("is_component", False, "BOM lines", lambda: BomLine.objects.all(), "part"),
    Reliance("is_component", False, "substitutes", lambda: BomSubstitute.objects.all(), "part"),
    Reliance("is_template", False, "variants", lambda: Part.objects.all(), "variant_of"),
    Reliance(
        "is_trackable",
        False,
        "serial numbers",
        lambda: StockItem.objects.existing().filter(serial__isnull=False),
        "part",
    ),
    Reliance("is_testable", False, "test templates", lambda: TestTemplate.objects.all(), "part"),
    Reliance("is_virtual", True, "stock items", lambda: StockItem.objects.on_hand(), "part"),
)


def check_category(batch: Batch) -> None:
    """A structural category holds no parts; its default location holds stock."""
    check_default_location(batch)
    check_reliances(batch, [Reliance("is_structural", True, "parts", lambda: Part.objects.all(), "category")])


def check_default_location(batch: Batch) -> None:
    """Nothing lies in a structural location."""
    for row in batch.changing("default_location_id"):
        location = batch.one(row, "default_location_id")
        if isinstance(location, Location) and location.is_structural:
            batch.refuse(row, "default_location", "default_location_structural", location=str(location))


def check_part(batch: Batch) -> None:
    """Number, places and flags of parts."""
    check_default_location(batch)
    for row in batch.changing("category_id"):
        category = batch.one(row, "category_id")
        if category is not None and category.is_structural:
            batch.refuse(row, "category", "category_structural", category=str(category))
    check_reliances(batch, RELIANCES)
    _check_whole(batch)
    _check_unit(batch)


def _check_whole(batch: Batch) -> None:
    turned = {row.id: row for row in batch.changing("is_trackable") if row.before and row["is_trackable"]}
    if not turned:
        return
    broken: dict[int, int] = defaultdict(int)
    for part, quantity in BomLine.objects.filter(part__any=turned).values_list("part", "quantity"):
        broken[part] += quantity != quantity.to_integral_value()
    for part, count in broken.items():
        if count:
            row = turned[part]
            batch.refuse(row, "is_trackable", "part_used_in_fractions", part=row.before.label, count=count)


def _check_unit(batch: Batch) -> None:
    changed = {row.id: row for row in batch.changing("unit") if row.before}
    ids = [pk for pk in changed if pk is not None]
    items = count_by(StockItem.objects.all(), "part", ids)
    lines = count_by(BomLine.objects.all(), "part", ids)
    orders = count_by(PurchaseLine.objects.all(), "part", ids)
    for pk in ids:
        counts = {"items": items.get(pk, 0), "lines": lines.get(pk, 0), "orders": orders.get(pk, 0)}
        if any(counts.values()):
            batch.refuse(changed[pk], "unit", "unit_relied_on", part=changed[pk].before.label, **counts)


def check_family(batch: Batch) -> None:
    """Variants are of templates, revisions of parts of the same template, nothing of itself; finds the families."""
    for row in batch.changing("variant_of_id", "revision_of_id", "revision", "is_template"):
        _check_relations(batch, row)
    moving = [
        row
        for row in batch.changing("variant_of_id", "revision_of_id")
        if row.before is not None or row["variant_of_id"] or row["revision_of_id"]
    ]
    if not moving:
        return
    linked = Part.objects.filter(Q(variant_of__isnull=False) | Q(revision_of__isnull=False))
    above, was = {}, {}
    for pk, variant_of, revision_of, family in linked.values_list("pk", "variant_of", "revision_of", "family"):
        above[pk], was[pk] = variant_of or revision_of, family
    for row in moving:
        if row.id is not None:
            above[row.id] = row["variant_of_id"] or row["revision_of_id"]
            was[row.id] = row.before.family_id
    roots: dict[int, int | None] = {}
    for row in moving:
        start = row.id if row.id is not None else row["variant_of_id"] or row["revision_of_id"]
        path = _path_up(start, above)
        if path is None:
            names = labels(_cycle(start, above))
            shown = " > ".join(names.get(pk, str(pk)) for pk in _cycle(start, above))
            batch.refuse(row, "variant_of" if row["variant_of_id"] else "revision_of", "part_family_cycle", path=shown)
            return
        row.values["family_id"] = path[-1] if row.id is None or len(path) > 1 else None
    for pk in above:
        path = _path_up(pk, above)
        roots[pk] = path[-1] if path and len(path) > 1 else None
    moved = {pk: root for pk, root in roots.items() if root != was[pk]}
    _check_serials(batch, moving, moved, above)
    batch.notes["families"] = {pk: root for pk, root in moved.items() if pk not in {row.id for row in moving}}


def _check_relations(batch: Batch, row: Row) -> None:
    template, base = batch.one(row, "variant_of_id"), batch.one(row, "revision_of_id")
    if template is not None and row.changes("variant_of_id") and not template.is_template:
        batch.refuse(row, "variant_of", "part_not_template", part=template.label)
    if base is None:
        return
    if not row["revision"]:
        batch.refuse(row, "revision", "revision_missing", part=base.label)
    if base.is_template and row.changes("revision_of_id"):
        batch.refuse(row, "revision_of", "revision_of_template", part=base.label)
    if base.variant_of_id != row["variant_of_id"]:
        batch.refuse(row, "variant_of", "revision_of_other_variant", part=base.label)


def _check_serials(batch: Batch, moving: list[Row], moved: Iterable[int], above: dict[int, int | None]) -> None:
    """Serial numbers keep the scope they were given: a part with some does not change its family."""
    counted = count_by(StockItem.objects.filter(serial__isnull=False).exclude(place=PlaceKind.GONE), "part", moved)
    for pk, count in counted.items():
        path = _path_up(pk, above) or []
        row = next((row for row in moving if row.id == pk or row.id in path), moving[0])
        batch.refuse(row, "variant_of", "part_has_serials", part=labels([pk])[pk], count=count)
        return


def _path_up(start: int, above: dict[int, int | None]) -> list[int] | None:
    """From a part to its root; None if there is none because it goes round."""
    path: list[int] = [start]
    seen = {start}
    while (following := above.get(path[-1])) is not None:
        if following in seen:
            return None
        path.append(following)
        seen.add(following)
    return path


def _cycle(start: int, above: dict[int, int | None]) -> list[int]:
    path: list[int] = [start]
    while (following := above.get(path[-1])) is not None:
        path.append(following)
        if following in path[:-1]:
            break
    return path


def write_families(batch: Batch) -> None:
    """Give the parts below a moved part their new family."""
    rows.update(Part, ("family_id",), list(batch.notes.get("families", {}).items()))


def check_inherited_cycle(batch: Batch) -> None:
    """A variant inherits lines: by that, too, a part may not come to go into itself."""
    moved = [row.id for row in batch.changing("variant_of_id") if row.before is not None and row["variant_of_id"]]
    if not moved:
        return
    edges = edges_below([pk for pk in moved if pk is not None])
    cycle = find_cycle(edges, [edge for edge in edges if edge.assembly in set(moved)])
    if cycle:
        names = labels(int(pk) for pk in cycle)
        refuse("bom_cycle", path=" > ".join(names[int(pk)] for pk in cycle), where=("variant_of",))


def check_part_removal(batch: Batch) -> None:
    """Only what is neither active nor locked is removed."""
    for row in batch.rows:
        if row["is_active"]:
            batch.refuse(row, "id", "part_active", part=row.before.label)
    refuse_locked(batch, "id", "part_locked", lambda row: row.before)
