"""Lock documents in the one order that cannot deadlock: purchase orders, then builds, then stock items."""

from __future__ import annotations

from collections.abc import Iterable

from outwork.models import Build, PurchaseOrder
from outwork.rules.refusals import Reasons, declare, refuse

declare(
    build_busy="{builds}: somebody is working on what this would change as well; repeat it in a moment",
    version_changed="{document} was changed meanwhile (version {found}, you saw {expected}): look again and repeat",
)


def lock_orders(ids: Iterable[int], *, expected_version: int | None = None) -> dict[int, PurchaseOrder]:
    """Lock purchase orders in id order; one statement."""
    wanted = sorted(set(ids))
    query = PurchaseOrder.objects.filter(pk__any=wanted).order_by("pk").select_for_update(no_key=True)
    found = {order.pk: order for order in query} if wanted else {}
    reasons = Reasons()
    for order_id in wanted:
        if order_id not in found:
            reasons.add("order_unknown", order=order_id)
    _check_versions(found.values(), expected_version, reasons)
    return found


def lock_builds(ids: Iterable[int], *, expected_version: int | None = None) -> dict[int, Build]:
    """Lock builds in id order, after the orders and before any stock; one statement."""
    wanted = sorted(set(ids))
    query = Build.objects.filter(pk__any=wanted).order_by("pk").select_for_update(no_key=True)
    found = {build.pk: build for build in query} if wanted else {}
    reasons = Reasons()
    for build_id in wanted:
        if build_id not in found:
            reasons.add("build_unknown", build=build_id)
    _check_versions(found.values(), expected_version, reasons)
    return found


def lock_late_builds(ids: Iterable[int]) -> dict[int, Build]:
    """Lock builds that were found only after others were locked, without waiting; refuses build_busy."""
    wanted = sorted(set(ids))
    query = Build.objects.filter(pk__any=wanted).order_by("pk").select_for_update(no_key=True, skip_locked=True)
    found = {build.pk: build for build in query} if wanted else {}
    if len(found) < len(wanted):
        busy = Build.objects.filter(pk__any=[pk for pk in wanted if pk not in found])
        refuse("build_busy", builds=sorted(busy.values_list("reference", flat=True)))
    return found


def lock_order(order: PurchaseOrder, *, expected_version: int | None = None) -> PurchaseOrder:
    """Lock one purchase order and read it anew."""
    return lock_orders([order.pk], expected_version=expected_version)[order.pk]


def lock_build(build: Build, *, expected_version: int | None = None, also: Iterable[int] = ()) -> Build:
    """Lock one build (and others that the operation will touch, all in id order) and read it anew."""
    locked = lock_builds([build.pk, *also])[build.pk]
    _check_versions([locked], expected_version, Reasons())
    return locked


def _check_versions(documents: Iterable[PurchaseOrder | Build], expected_version: int | None, reasons: Reasons) -> None:
    for document in documents:
        if expected_version is not None and document.version != expected_version:
            reasons.add(
                "version_changed", document=document.reference, found=document.version, expected=expected_version
            )
    reasons.raise_any()
