"""Settings of parts: what a new one is, its numbers, revisions and locks, and what a copy takes along."""

from __future__ import annotations

from outwork.rules.settings.values import Setting, boolean, expression

_NEW = "A new part has this mark unless something else is said."

SETTINGS = (
    Setting("PART_ASSEMBLY", "New parts are assemblies", _NEW, False, boolean),
    Setting("PART_COMPONENT", "New parts are components", _NEW, True, boolean),
    Setting("PART_PURCHASEABLE", "New parts are purchaseable", _NEW, True, boolean),
    Setting("PART_SALABLE", "New parts are salable", _NEW, False, boolean),
    Setting("PART_TEMPLATE", "New parts are templates", _NEW, False, boolean),
    Setting("PART_TRACKABLE", "New parts are trackable", _NEW, False, boolean),
    Setting("PART_VIRTUAL", "New parts are virtual", _NEW, False, boolean),
    Setting(
        "PART_ALLOW_DUPLICATE_IPN",
        "A part number may be given twice",
        "Two parts may have one number (IPN). Off: a number means one part, revisions of it apart.",
        False,
        boolean,
        differs="On in InvenTree. A BOM file finds its parts by number; with two parts of one number it cannot.",
    ),
    Setting(
        "PART_ALLOW_EDIT_IPN",
        "Part numbers may change",
        "The number (IPN) of a part may be changed after it was given.",
        True,
        boolean,
    ),
    Setting(
        "PART_IPN_REGEX",
        "What part numbers look like",
        "A regular expression that the whole number (IPN) of a part must match. Empty: any text.",
        "",
        expression,
    ),
    Setting(
        "PART_ENABLE_REVISION",
        "Revisions",
        "Parts may be revisions of other parts.",
        True,
        boolean,
    ),
    Setting(
        "PART_REVISION_ASSEMBLY_ONLY",
        "Only assemblies have revisions",
        "A part that is no assembly cannot be revised.",
        False,
        boolean,
    ),
    Setting(
        "PART_ENABLE_LOCKING",
        "Locked parts",
        "The bill of materials, parameters and tests of a locked part do not change. Off: a lock is only a mark.",
        True,
        boolean,
    ),
    Setting("PART_COPY_BOM", "A copy takes the BOM", "Copying a part copies its bill of materials.", True, boolean),
    Setting(
        "PART_COPY_PARAMETERS", "A copy takes the parameters", "Copying a part copies its parameters.", True, boolean
    ),
    Setting("PART_COPY_TESTS", "A copy takes the tests", "Copying a part copies its test templates.", True, boolean),
    Setting(
        "PART_INTERNAL_PRICE",
        "Internal prices",
        "Internal prices of parts may be entered, for estimates.",
        False,
        boolean,
    ),
    Setting(
        "PART_BOM_USE_INTERNAL_PRICE",
        "Internal prices in estimates",
        "The estimated cost of a build takes the internal price of a component where there is one.",
        False,
        boolean,
    ),
)
