"""Build orders: what is to be made, of which lines, from which stock, and the outputs that came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outwork.models.fields import QuantityField
from outwork.models.owner import ProjectCode
from outwork.models.part import BomLine, Part
from outwork.models.quick import QuickModel
from outwork.rules.states import BuildStatus, OutputState, WaitsFor
from outwork.rules.supply import ConsumeWhen, Supply

OPEN_BUILDS = (BuildStatus.PENDING, BuildStatus.PRODUCTION, BuildStatus.ON_HOLD)


class BuildQuerySet(models.QuerySet["Build"]):
    """Builds as one asks for them."""

    def open(self) -> BuildQuerySet:
        """Neither complete nor cancelled."""
        return self.filter(status__in=OPEN_BUILDS)


class Build(models.Model):
    """An order to make `quantity` of an assembly, by us or (`is_external`) by a manufacturer.

    `manufacturer` is who is meant to make it; who really does stands on the purchase orders. `version`
    rises with every operation on the build; `revision` with every change of its frozen lines. The units of one
    that `feeds_parent` are allocated to its parent when they are accepted.
    """

    reference = models.CharField(max_length=64, unique=True)
    reference_number = models.BigIntegerField(default=0)
    title = models.CharField(max_length=100, default="")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="builds")
    quantity = QuantityField()
    status = models.PositiveSmallIntegerField(default=BuildStatus.PENDING)
    is_external = models.BooleanField(default=False)
    manufacturer = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="builds")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    feeds_parent = models.BooleanField(db_default=False)
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    project_code = models.ForeignKey(ProjectCode, null=True, on_delete=models.PROTECT, related_name="builds")
    take_from = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("Location", null=True, on_delete=models.PROTECT, related_name="+")
    batch = models.CharField(max_length=100, default="")
    consume = models.CharField(max_length=12, choices=[(when.value, when.value) for when in ConsumeWhen])
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    priority = models.PositiveIntegerField(default=0)
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.CharField(max_length=2000, default="")
    note = models.TextField(default="")
    start_date = models.DateField(null=True)
    target_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    objects = BuildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="build_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(is_external=True) | Q(manufacturer__isnull=True),
                name="build_with_a_manufacturer_is_external",
            ),
            models.CheckConstraint(
                condition=Q(start_date__isnull=True)
                | Q(target_date__isnull=True)
                | Q(start_date__lte=F("target_date")),
                name="build_starts_before_its_target_date",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Neither complete nor cancelled."""
        return self.status in OPEN_BUILDS


class BuildLine(QuickModel):
    """So much of a part goes into a build: a copy of the BOM line, frozen when the build is issued.

    `quantity` is what all units to be made with it need; `consumed` what was used and lost so far (a
    cache that the ledger's recount checks). A line counts for the units of the build's revisions from
    `since_revision` up to `until_revision`. A line that is no part of the BOM says in `deviation` why it is here. `shares` says in which
    proportion parts are used up that stand in for each other: {part id: share}; null is in the order of allocation.
    """

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="lines")
    bom_line = models.ForeignKey(BomLine, null=True, on_delete=models.SET_NULL, related_name="build_lines")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="build_lines")
    position = models.PositiveIntegerField(default=0)
    per_unit = QuantityField()
    attrition = QuantityField(default=0)
    setup = QuantityField(default=0)
    rounding = QuantityField(null=True)
    designators = models.TextField(default="")
    is_optional = models.BooleanField(default=False)
    is_consumable = models.BooleanField(default=False)
    is_tracked = models.BooleanField(default=False)
    allows_variants = models.BooleanField(default=False)
    supply = models.CharField(max_length=16, null=True, choices=[(way.value, way.value) for way in Supply])
    quantity = QuantityField()
    consumed = QuantityField(default=0)
    since_revision = models.PositiveIntegerField(default=1)
    until_revision = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=500, default="")
    deviation = models.CharField(max_length=500, db_default="")
    approved_by = models.CharField(max_length=100, db_default="")
    shares: Any = models.JSONField(null=True)

    class Meta:
        ordering = ["build_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(per_unit__gt=0), name="build_line_quantity_per_unit_is_positive"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="build_line_quantity_is_not_negative"),
            models.CheckConstraint(condition=Q(consumed__gte=0), name="build_line_consumed_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.part_id} for {self.build_id}"

    def counts_for(self, revision: int) -> bool:
        """Whether the line is part of the units built to that revision of the build."""
        return self.since_revision <= revision and (self.until_revision is None or revision <= self.until_revision)


class BuildLineSubstitute(models.Model):
    """A part that may stand in on a build line, copied from the BOM when the build is issued.

    With `is_for_this_build` it was allowed for this build only and is no part of the BOM.
    """

    build_line = models.ForeignKey(BuildLine, on_delete=models.CASCADE, related_name="substitutes")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField(default=0)
    is_for_this_build = models.BooleanField(db_default=False)
    note = models.CharField(max_length=500, db_default="")
    approved_by = models.CharField(max_length=100, db_default="")

    class Meta:
        ordering = ["build_line_id", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["build_line", "part"], name="build_line_substitute_is_named_once_on_a_line")
        ]

    def __str__(self) -> str:
        return f"{self.part_id} for line {self.build_line_id}"


class SupplyChoice(models.Model):
    """Who supplies a build line at one manufacturer, where it differs from the line's own `supply`."""

    build_line = models.ForeignKey(BuildLine, on_delete=models.CASCADE, related_name="supply_choices")
    manufacturer = models.ForeignKey("Company", on_delete=models.PROTECT, related_name="+")
    supply = models.CharField(max_length=16, null=True, choices=[(way.value, way.value) for way in Supply])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["build_line", "manufacturer"], name="supply_is_stated_once_for_a_line_and_manufacturer"
            )
        ]

    def __str__(self) -> str:
        return f"line {self.build_line_id} at {self.manufacturer_id}: {self.supply}"


class Allocation(models.Model):
    """A quantity of an item is meant for a build line; `output` says for which unit, where that matters."""

    build_line = models.ForeignKey(BuildLine, on_delete=models.PROTECT, related_name="allocations")
    item = models.ForeignKey("StockItem", on_delete=models.PROTECT, related_name="allocations")
    quantity = QuantityField()
    output = models.ForeignKey("BuildOutput", null=True, on_delete=models.PROTECT, related_name="allocations")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_quantity_is_positive"),
            models.UniqueConstraint(
                fields=["build_line", "item"],
                condition=Q(output__isnull=True),
                name="allocation_of_an_item_to_a_line_is_one_row",
            ),
            models.UniqueConstraint(
                fields=["build_line", "item", "output"],
                condition=Q(output__isnull=False),
                name="allocation_of_an_item_to_a_line_and_output_is_one_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of item {self.item_id} for line {self.build_line_id}"


class BuildOutput(QuickModel):
    """Units that a build brought forth, in one state; a serial number is an output of its own.

    `waits_for` says what an undecided one waits for, where somebody put it aside; `has_concession` that it was
    accepted although it is not as it should be. `item` is where they lie (null for units scrapped at the manufacturer, which never came). `quantity`
    stays what it was when the item is used up or sold later. `decided_event` accepted or rejected it;
    `has_components` is false for rejected units into which nothing of ours went.
    """

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="outputs")
    item = models.ForeignKey("StockItem", null=True, on_delete=models.PROTECT, related_name="outputs")
    quantity = QuantityField()
    state = models.PositiveSmallIntegerField(default=OutputState.IN_PRODUCTION)
    manufacturer = models.ForeignKey("Company", null=True, on_delete=models.PROTECT, related_name="+")
    purchase_line = models.ForeignKey("PurchaseLine", null=True, on_delete=models.PROTECT, related_name="outputs")
    revision = models.PositiveIntegerField(default=1)
    made_event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="outputs_made")
    made_at = models.DateTimeField()
    decided_event = models.ForeignKey("Event", null=True, on_delete=models.PROTECT, related_name="outputs_decided")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="")
    has_components = models.BooleanField(default=True)
    waits_for = models.CharField(max_length=12, db_default="", choices=[(one.value, one.value) for one in WaitsFor])
    has_concession = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="build_output_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | Q(state__in=[OutputState.SCRAPPED, OutputState.WITHDRAWN]),
                name="build_output_without_stock_was_scrapped_at_the_manufacturer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[OutputState.IN_PRODUCTION, OutputState.WITHDRAWN])
                | Q(decided_event__isnull=False),
                name="build_output_that_was_decided_names_the_event",
            ),
        ]
        indexes = [models.Index(fields=["build", "state"], name="build_output_by_state")]

    def __str__(self) -> str:
        return f"{self.quantity} of build {self.build_id}"


class ReportedLot(models.Model):
    """What a manufacturer reports later about a line that it supplied: whose part, which lot."""

    build_line = models.ForeignKey(BuildLine, on_delete=models.PROTECT, related_name="reported_lots")
    output = models.ForeignKey(BuildOutput, null=True, on_delete=models.PROTECT, related_name="reported_lots")
    manufacturer = models.ForeignKey("Company", on_delete=models.PROTECT, related_name="+")
    mpn = models.CharField(max_length=100, default="")
    lot = models.CharField(max_length=100, default="")
    date_code = models.CharField(max_length=50, default="")
    quantity = QuantityField(null=True)
    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(mpn="") | ~Q(lot="") | ~Q(date_code=""), name="reported_lot_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mpn} {self.lot} {self.date_code}".strip()
