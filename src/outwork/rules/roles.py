"""Who may do what: the areas, the four verbs, and which right each operation asks for.

A right is written "stock.change". With `any_of` one of several is enough: goods are booked in by who keeps stock as well
as by who buys. With `all_of` it takes each: what does the work of several areas asks for all of them. The areas are
InvenTree's, and `price` for seeing what things cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from outwork.rules.refusals import declare, declare_forbidden
from outwork.rules.subjects import SubjectKind


class Verb(StrEnum):
    """What may be done in an area."""

    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


# Each area with what people call it in "may not change ...".
AREAS: dict[str, str] = {
    "admin": "users and settings",
    "part_category": "categories of parts",
    "part": "parts",
    "bom": "bills of materials",
    "stock_location": "locations",
    "stock": "stock",
    "build": "build orders",
    "purchase_order": "purchase orders",
    "price": "prices and costs",
}
RIGHTS = frozenset(f"{area}.{verb}" for area in AREAS for verb in Verb)

declare(
    area_unknown="There is no area {area}; it is one of {known}",
    verb_unknown="There is nothing called {verb} to be allowed; it is one of {known}",
)
declare_forbidden(
    not_permitted="{user} may not do this; it takes the right to {needed}",
    user_not_active="User {username} is not active any more",
)

# Each inner tuple asks for one of its rights, and all of them must be met.
Needed = tuple[tuple[str, ...], ...]


def any_of(*rights: str) -> Needed:
    """One of these rights is enough."""
    return (rights,)


def all_of(*rights: str) -> Needed:
    """It takes every one of these rights."""
    return tuple((right,) for right in rights)


# Whoever can sign in.
EVERYBODY: Needed = ()
# The right hangs on what is named: the noun, the kind of event, the subject.
BY_NOUN: Needed = any_of("by noun")
BY_EVENT: Needed = any_of("by event")
BY_SUBJECT: Needed = any_of("by subject")

_ADMIN = any_of("admin.change")
_BOM = any_of("bom.change")
_BUILD = any_of("build.change")
_ORDER = any_of("purchase_order.change")
_STOCK = any_of("stock.change")
# What is sent, allocated, reported and tested is in the hands of who plans and of who keeps stock.
_KIT = any_of("build.change", "stock.change")
# Lines are part of an order: who may make or change one may write them.
_LINES = any_of("purchase_order.add", "purchase_order.change")
# Goods come and go at the ramp, by who keeps stock, or at the desk, by who buys.
_ARRIVING = any_of("purchase_order.add", "stock.add")
_GOODS_BACK = any_of("purchase_order.change", "stock.change")
_LINES_GONE = any_of("purchase_order.change", "purchase_order.delete")
# Serial numbers are reserved with the order or for the build.
_SERIALS = any_of("purchase_order.change", "build.change")
# A snapshot changes nothing: it keeps what there is.
_SNAPSHOT = any_of("bom.add", "bom.change")

# Every operation by its name; one that is not here is for superusers only, and a house test misses it.
NEEDS: dict[str, Needed] = {
    # master data
    "create": BY_NOUN,
    "change": BY_NOUN,
    "remove": BY_NOUN,
    "offer_parts": _LINES,
    # a copy comes with its bill of materials
    "duplicate_parts": all_of("part.add", "bom.add"),
    # bills of materials
    # lines are new, lines that stood go, and an import makes the parts that nobody has (companies are only named)
    "import_bom": all_of("bom.add", "bom.change", "part.add"),
    "copy_bom": all_of("bom.add", "bom.change"),
    "replace_part": _BOM,
    "validate_bom": _BOM,
    "invalidate_bom": _BOM,
    "validate_bom_lines": _BOM,
    "take_bom_snapshots": _SNAPSHOT,
    # builds
    "create_build": any_of("build.add"),
    "change_build": _BUILD,
    "issue_build": _BUILD,
    "hold_build": _BUILD,
    "cancel_build": _BUILD,
    "reopen_build": _BUILD,
    "finish_build": _BUILD,
    # a second build, fewer units of the first, and order lines that deliver the second from now on
    "split_build": all_of("build.add", "build.change", "purchase_order.change"),
    "take_over_bom": _BUILD,
    "deviate_from_bom": _BUILD,
    "allow_substitutes": _BUILD,
    "disallow_substitutes": _BUILD,
    "state_supply": _BUILD,
    "supply_everything": _BUILD,
    # new builds, and promises to feed their parents, which come with any build below another one
    "make_sub_builds": any_of("build.add"),
    "remove_builds": any_of("build.delete"),
    "share_lines": _BUILD,
    "allocate": _KIT,
    "fit_components": _KIT,
    "deallocate": _KIT,
    "auto_allocate": _KIT,
    "send_kit": _KIT,
    "report_lots": _KIT,
    "make_outputs": _BUILD,
    "accept_outputs": _BUILD,
    "reject_outputs": _BUILD,
    "report_scrap": _BUILD,
    "settle_shortfalls": _BUILD,
    # purchasing
    "create_order": any_of("purchase_order.add"),
    "duplicate_order": any_of("purchase_order.add"),
    "change_order": _ORDER,
    "lose_order": _ORDER,
    "return_order": _ORDER,
    # the build stays as it is: the line names it, as one written by hand does
    "order_build": any_of("purchase_order.add"),
    "add_lines": _LINES,
    "change_lines": _ORDER,
    "remove_lines": _LINES_GONE,
    "add_extra_lines": _LINES,
    "change_extra_lines": _ORDER,
    "remove_extra_lines": _LINES_GONE,
    "link_lines": _ORDER,
    "state_dates": _ORDER,
    "place_order": _ORDER,
    "hold_order": _ORDER,
    "cancel_order": _ORDER,
    "complete_order": _ORDER,
    "reopen_order": _ORDER,
    "close_short": _ORDER,
    "reopen_lines": _ORDER,
    # accepting or rejecting units of builds with it, when that is said, also takes the right of accept_outputs
    "receive": _ARRIVING,
    "unreceive": _ARRIVING,
    "reserve_serials": _SERIALS,
    "assign_serials": _KIT,
    "void_serials": _SERIALS,
    # stock
    "add_stock": any_of("stock.add"),
    "add_to_stock": _STOCK,
    "remove_stock": _STOCK,
    "count_stock": _STOCK,
    "transfer_stock": _STOCK,
    "split_stock": _STOCK,
    "change_stock": _STOCK,
    "write_off_stock": any_of("stock.delete"),
    "merge_stock": _STOCK,
    "serialise_stock": _STOCK,
    "convert_stock": _STOCK,
    "install_stock": _STOCK,
    "uninstall_stock": _STOCK,
    "deliver_stock": _STOCK,
    "bring_back_stock": _STOCK,
    "return_used": _KIT,
    "value_stock": _STOCK,
    "dedicate_lines": _LINES,
    "announce_deliveries": _LINES,
    "change_deliveries": _ORDER,
    "cancel_deliveries": _ORDER,
    # lines of drafts, and for which builds they are bought: both is buying
    "order_shortages": any_of("purchase_order.add"),
    # what units turned out to be, and what goes back
    "accept_rest": _BUILD,
    "hold_outputs": _KIT,
    "release_outputs": _BUILD,
    "rework_outputs": _BUILD,
    "scrap_outputs": _BUILD,
    "record_results": _KIT,
    # goods leave at the ramp or by the desk; what order and build count less follows from that
    "create_return": _GOODS_BACK,
    "receive_back": _ARRIVING,
    "credit_return": _ORDER,
    "close_return": _GOODS_BACK,
    # what hangs on things
    "attach": BY_SUBJECT,
    "change_attachment": BY_SUBJECT,
    "detach": BY_SUBJECT,
    "set_image": BY_SUBJECT,
    "tag_subjects": BY_SUBJECT,
    "write_comment": BY_SUBJECT,
    "change_comment": EVERYBODY,
    "remove_comment": EVERYBODY,
    # taking back
    "reverse_event": BY_EVENT,
    # people and settings
    "set_settings": _ADMIN,
    "create_user": any_of("admin.add"),
    "change_user": _ADMIN,
    "set_password": _ADMIN,
    "change_own_password": EVERYBODY,
    "create_group": any_of("admin.add"),
    "change_group": _ADMIN,
    "remove_group": any_of("admin.delete"),
}

# The areas of the nouns of the master data.
NOUN_AREAS: dict[str, tuple[str, ...]] = {
    "Category": ("part_category",),
    "Part": ("part",),
    "RelatedPart": ("part",),
    "InternalPrice": ("price",),
    "Parameter": ("part",),
    "ParameterTemplate": ("admin", "part"),
    "TestTemplate": ("part",),
    "BomLine": ("bom",),
    "BomSubstitute": ("bom",),
    "Company": ("purchase_order",),
    "Contact": ("purchase_order",),
    "Address": ("purchase_order",),
    "ManufacturerPart": ("purchase_order", "part"),
    "SupplierPart": ("purchase_order", "part"),
    "PriceBreak": ("purchase_order",),
    "ExchangeRate": ("purchase_order", "admin"),
    "Location": ("stock_location",),
    "LocationType": ("stock_location", "admin"),
    "ProjectCode": ("admin",),
}

# Which operation makes each kind of event that can be taken back: it takes the same right to take it back.
MADE_BY: dict[str, str] = {
    "stock.opened": "add_stock",
    "stock.added": "add_stock",
    "stock.increased": "add_to_stock",
    "stock.removed": "remove_stock",
    "stock.counted": "count_stock",
    "stock.moved": "transfer_stock",
    "stock.split": "split_stock",
    "stock.written off": "write_off_stock",
    "stock.changed": "change_stock",
    "stock.merged": "merge_stock",
    "stock.serialised": "serialise_stock",
    "stock.converted": "convert_stock",
    "stock.installed": "install_stock",
    "stock.uninstalled": "uninstall_stock",
    "stock.delivered": "deliver_stock",
    "stock.brought back": "bring_back_stock",
    "stock.returned by builds": "return_used",
    "stock.valued": "value_stock",
    "order.received": "receive",
    "build.outputs made": "make_outputs",
    "build.outputs accepted": "accept_outputs",
    "build.outputs accepted after all": "accept_outputs",
    "build.outputs rejected": "reject_outputs",
    "build.outputs rejected later": "reject_outputs",
    "build.outputs scrapped": "scrap_outputs",
    "build.outputs held": "hold_outputs",
    "build.outputs released": "release_outputs",
    "build.outputs reworked": "rework_outputs",
    "build.units scrapped": "report_scrap",
    "build.consumed": "settle_shortfalls",
    "build.finished": "finish_build",
    "build.cancelled": "cancel_build",
    "build.serials assigned": "assign_serials",
    "build.kit sent": "send_kit",
    "build.lots reported": "report_lots",
    "build.bom taken over": "take_over_bom",
    "return.sent": "create_return",
    "return.came back": "receive_back",
    "return.credited": "credit_return",
    "return.closed": "close_return",
}

# What hangs on a subject is changed by who may change one of these areas, and talked about by who may see one.
SUBJECT_AREAS: dict[str, tuple[str, ...]] = {
    SubjectKind.PART: ("part",),
    SubjectKind.COMPANY: ("purchase_order",),
    SubjectKind.MANUFACTURER_PART: ("purchase_order", "part"),
    SubjectKind.SUPPLIER_PART: ("purchase_order", "part"),
    SubjectKind.BOM_SUBSTITUTE: ("bom",),
    SubjectKind.LOCATION: ("stock_location",),
    SubjectKind.STOCK_ITEM: ("stock",),
    SubjectKind.BUILD: ("build",),
    SubjectKind.BUILD_OUTPUT: ("build", "stock"),
    SubjectKind.ORDER: ("purchase_order",),
    SubjectKind.ORDER_LINE: ("purchase_order",),
    SubjectKind.SUPPLIER_RETURN: ("purchase_order", "stock"),
    SubjectKind.TEST_RESULT: ("build", "stock"),
    SubjectKind.EVENT: ("build", "stock", "purchase_order"),
}

_VERB_OF_NOUN = {"create": Verb.ADD, "change": Verb.CHANGE, "remove": Verb.DELETE}


def needed_for_noun(operation: str, model: str) -> Needed | None:
    """The rights of which one is enough to create, change or remove rows of a model; None: superusers only."""
    areas = NOUN_AREAS.get(model)
    return None if areas is None else any_of(*(f"{area}.{_VERB_OF_NOUN[operation]}" for area in areas))


def needed_to_reverse(kind: str) -> Needed | None:
    """What it takes to take an event of this kind back: the right to do it; None: superusers only."""
    return NEEDS.get(MADE_BY.get(kind, ""))


def needed_for_subject(operation: str, kind: str) -> Needed | None:
    """The rights of which one is enough to hang something on a subject of this kind; None: superusers only."""
    areas = SUBJECT_AREAS.get(kind)
    verb = Verb.VIEW if operation == "write_comment" else Verb.CHANGE
    return None if areas is None else any_of(*(f"{area}.{verb}" for area in areas))


def is_met(needed: Needed | None, rights: frozenset[str]) -> bool:
    """Whether these rights are enough; what is not in a table takes more than rights."""
    return needed is not None and all(rights.intersection(one) for one in needed)


def in_words(needed: Needed | None) -> str:
    """Rights as people say them: "change stock or add purchase orders", "add parts and add bills of materials"."""
    if not needed:
        return "do everything"
    each = [" or ".join(_right_in_words(right) for right in one) for one in needed]
    return each[0] if len(each) == 1 else " and ".join(f"({one})" if " or " in one else one for one in each)


def _right_in_words(right: str) -> str:
    area, _, verb = right.partition(".")
    return f"{verb} {AREAS[area]}"


def complete(roles: Mapping[str, Iterable[str]]) -> dict[str, frozenset[Verb]]:
    """The verbs of each area; whoever may add, change or delete also sees what there is.

    `roles` is {area: verbs} with areas of AREAS and verbs of Verb.
    """
    return {
        area: frozenset({Verb.VIEW, *map(Verb, verbs)} if verbs else ())
        for area, verbs in ((area, list(verbs)) for area, verbs in roles.items())
    }
