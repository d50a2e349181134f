"""Who may do what: the areas, the four verbs, and which right each operation asks for.

A right is written "stock.change". Where several are named, any one of them is enough: goods are booked in by who keeps
stock as well as by who buys. The areas are InvenTree's, and `price` for seeing what things cost.
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

Needed = tuple[str, ...]

# Whoever can sign in.
EVERYBODY: Needed = ()
# The right hangs on what is named: the noun, the kind of event, the subject.
BY_NOUN: Needed = ("by noun",)
BY_EVENT: Needed = ("by event",)
BY_SUBJECT: Needed = ("by subject",)

_ADMIN = ("admin.change",)
_BOM = ("bom.change",)
_BUILD = ("build.change",)
_ORDER = ("purchase_order.change",)
_STOCK = ("stock.change",)
_KIT = ("build.change", "stock.change")
_LINES = ("purchase_order.add", "purchase_order.change")
_ARRIVING = ("purchase_order.add", "stock.add")
_GOODS_BACK = ("purchase_order.change", "stock.change")

# Every operation by its name; one that is not here is for superusers only, and a house test misses it.
NEEDS: dict[str, Needed] = {
    # master data
    "create": BY_NOUN,
    "change": BY_NOUN,
    "remove": BY_NOUN,
    "offer_parts": _LINES,
    "duplicate_parts": ("part.add", "bom.add"),
    # bills of materials
    "import_bom": ("bom.add", "bom.change"),
    "copy_bom": ("bom.add", "bom.change"),
    "replace_part": _BOM,
    "validate_bom": _BOM,
    "invalidate_bom": _BOM,
    "validate_bom_lines": _BOM,
    "take_bom_snapshots": ("bom.add", "bom.change"),
    # builds
    "create_build": ("build.add",),
    "change_build": _BUILD,
    "issue_build": _BUILD,
    "hold_build": _BUILD,
    "cancel_build": _BUILD,
    "reopen_build": _BUILD,
    "finish_build": _BUILD,
    "split_build": ("build.add", "build.change"),
    "take_over_bom": _BUILD,
    "deviate_from_bom": _BUILD,
    "allow_substitutes": _BUILD,
    "disallow_substitutes": _BUILD,
    "state_supply": _BUILD,
    "supply_everything": _BUILD,
    "make_sub_builds": ("build.add",),
    "remove_builds": ("build.delete",),
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
    "create_order": ("purchase_order.add",),
    "duplicate_order": ("purchase_order.add",),
    "change_order": _ORDER,
    "lose_order": _ORDER,
    "return_order": _ORDER,
    "order_build": ("purchase_order.add",),
    "add_lines": _LINES,
    "change_lines": _ORDER,
    "remove_lines": ("purchase_order.change", "purchase_order.delete"),
    "add_extra_lines": _LINES,
    "change_extra_lines": _ORDER,
    "remove_extra_lines": ("purchase_order.change", "purchase_order.delete"),
    "link_lines": _ORDER,
    "state_dates": _ORDER,
    "place_order": _ORDER,
    "hold_order": _ORDER,
    "cancel_order": _ORDER,
    "complete_order": _ORDER,
    "reopen_order": _ORDER,
    "close_short": _ORDER,
    "reopen_lines": _ORDER,
    "receive": _ARRIVING,
    "unreceive": _GOODS_BACK,
    "reserve_serials": ("purchase_order.change", "build.change"),
    "assign_serials": ("build.change", "stock.change"),
    "void_serials": ("purchase_order.change", "build.change"),
    # stock
    "add_stock": ("stock.add",),
    "add_to_stock": _STOCK,
    "remove_stock": _STOCK,
    "count_stock": _STOCK,
    "transfer_stock": _STOCK,
    "split_stock": _STOCK,
    "change_stock": _STOCK,
    "write_off_stock": ("stock.delete",),
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
    "order_shortages": ("purchase_order.add",),
    # what units turned out to be, and what goes back
    "accept_rest": _BUILD,
    "hold_outputs": _KIT,
    "release_outputs": _BUILD,
    "rework_outputs": _BUILD,
    "scrap_outputs": _BUILD,
    "record_results": _KIT,
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
    "create_user": ("admin.add",),
    "change_user": _ADMIN,
    "set_password": _ADMIN,
    "change_own_password": EVERYBODY,
    "create_group": ("admin.add",),
    "change_group": _ADMIN,
    "remove_group": ("admin.delete",),
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

# Who may take an event back, by the first word of its kind; what is not here only superusers take back.
EVENT_RIGHTS: dict[str, Needed] = {
    "build": _KIT,
    "order": _GOODS_BACK,
    "return": _GOODS_BACK,
    "stock": _STOCK,
    "tests": _KIT,
    "bom": _BOM,
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
    return areas and tuple(f"{area}.{_VERB_OF_NOUN[operation]}" for area in areas)


def needed_to_reverse(kind: str) -> Needed | None:
    """The rights of which one is enough to take an event of this kind back; None: superusers only."""
    return EVENT_RIGHTS.get(kind.partition(".")[0])


def needed_for_subject(operation: str, kind: str) -> Needed | None:
    """The rights of which one is enough to hang something on a subject of this kind; None: superusers only."""
    areas = SUBJECT_AREAS.get(kind)
    verb = Verb.VIEW if operation == "write_comment" else Verb.CHANGE
    return areas and tuple(f"{area}.{verb}" for area in areas)


def in_words(needed: Iterable[str] | None) -> str:
    """Rights as people say them: "change stock or add purchase orders"."""
    if not needed:
        return "do everything"
    return " or ".join(f"{verb} {AREAS[area]}" for area, _, verb in (right.partition(".") for right in needed))


def complete(roles: Mapping[str, Iterable[str]]) -> dict[str, frozenset[Verb]]:
    """The verbs of each area; whoever may add, change or delete also sees what there is.

    `roles` is {area: verbs} with areas of AREAS and verbs of Verb.
    """
    return {
        area: frozenset({Verb.VIEW, *map(Verb, verbs)} if verbs else ())
        for area, verbs in ((area, list(verbs)) for area, verbs in roles.items())
    }
