"""What is to be traced, by what people type or scan: a serial number, a batch code, a reported lot, an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from outwork.models import ReportedLot, StockItem
from outwork.queries.lineage import outputs_of
from outwork.queries.lots import Start, whole_lots
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import declare, refuse

declare(
    lot_unknown="There is no serial number, batch or item {name}",
    lot_ambiguous="{name} may be {found}: name the part, or the item by its number",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to trace: its items (those of a batch may be many) and the reports of it. `is_made`: a build made it."""

    label: str
    items: tuple[int, ...]
    reported: tuple[int, ...]
    is_made: bool

    def start(self) -> Start:
        """Where an upward trace of it begins; two statements."""
        return Start(whole_lots(self.items) if self.items else frozenset(), frozenset(self.reported))


def subject_named(name: str, *, part_id: int | None = None) -> Subject:
    """Find what a text means: a serial number, a batch or reported lot, or an item's number (`#12` is only that).

    A serial number that is in use goes before one whose item was written off. Six statements at most. Refuses
    lot_unknown, lot_ambiguous with the choices.
    """
    text = name.strip()
    number = text.removeprefix("#")
    choices = {} if text.startswith("#") else _choices(text, part_id)
    if not choices and number.isdecimal() and len(number) < 19:
        item = StockItem.objects.filter(pk=int(number)).select_related("part").first()
        if item is not None and part_id in (None, item.part_id):
            choices = {item.pk: (f"item {item.pk} of {item.part.label}", [item.pk], [])}
    if not choices:
        refuse("lot_unknown", name=text, where=("what",))
    if len(choices) > 1:
        refuse("lot_ambiguous", name=text, found=[label for label, _, _ in choices.values()], where=("what",))
    [(label, items, reported)] = choices.values()
    return Subject(label, tuple(items), tuple(reported), bool(outputs_of(items)))


def _choices(text: str, part_id: int | None) -> dict[Any, tuple[str, list[int], list[int]]]:
    """Every serial number and, by part, every batch that the text may mean: label, items, reports."""
    stock = StockItem.objects.filter(Q(serial=text) | Q(batch=text))
    reports = ReportedLot.objects.filter(lot=text)
    if part_id is not None:
        stock, reports = stock.filter(part=part_id), reports.filter(build_line__part=part_id)
    rows = list(stock.select_related("part").order_by("pk"))
    serials = [item for item in rows if item.serial == text]
    in_use = [item for item in serials if item.place != PlaceKind.GONE] or serials
    choices: dict[Any, tuple[str, list[int], list[int]]] = {}
    for item in in_use:
        choices["serial", item.pk] = (f"{item.part.label} {text} (item {item.pk})", [item.pk], [])
    for item in rows:
        if item.batch == text and item not in serials:
            batch = choices.setdefault(("batch", item.part_id), (f"{item.part.label} batch {text}", [], []))
            batch[1].append(item.pk)
    for report in reports.select_related("build_line__part").order_by("pk"):
        part = report.build_line.part
        choices.setdefault(("batch", part.pk), (f"{part.label} batch {text}", [], []))[2].append(report.pk)
    return choices
