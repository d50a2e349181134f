"""Settings of stock: serial numbers and batches, expiry, owners, and what may be done to it."""

from __future__ import annotations

from outwork.rules.settings.values import Setting, boolean, one_of, text, whole

SETTINGS = (
    Setting(
        "SERIAL_NUMBER_SCOPE",
        "Serial numbers are unique per",
        "A family of variants and revisions, one part, or the whole company.",
        "family",
        one_of("family", "part", "company"),
        ("family", "part", "company"),
        differs="InvenTree asks whether they are unique over all parts; that is `company`, its other answer `family`.",
    ),
    Setting(
        "STOCK_BATCH_CODE_TEMPLATE",
        "Batch codes",
        "The batch code of new stock where none is said, such as {{ year }}W{{ week }}. Empty: no batch.",
        "",
        text,
    ),
    Setting(
        "STOCK_DELETE_DEPLETED_DEFAULT",
        "Used up stock goes",
        "New stock without a serial number is marked gone when nothing is left of it.",
        True,
        boolean,
        differs="InvenTree deletes it with its history; here it only leaves the lists.",
    ),
    Setting(
        "STOCK_ALLOW_EDIT_SERIAL",
        "Serial numbers may change",
        "The serial number of stock may be changed after it was given; what happened keeps the one it had.",
        True,
        boolean,
    ),
    Setting(
        "STOCK_ALLOW_DELETE_SERIALIZED",
        "Units with serial numbers may be written off",
        "Stock with a serial number may be taken out of the books by hand.",
        True,
        boolean,
    ),
    Setting(
        "STOCK_ALLOW_OUT_OF_STOCK_TRANSFER",
        "What is not in stock may be moved",
        "Stock that is used up, installed or lost may be moved and counted.",
        False,
        boolean,
    ),
    Setting(
        "STOCK_MERGE_ON_TRANSFER",
        "Merge at the new place",
        "Stock that is moved is added to equal stock that lies there, unless something else is said.",
        False,
        boolean,
    ),
    Setting(
        "STOCK_ENABLE_EXPIRY",
        "Expiry dates",
        "Stock can expire. Off: dates are kept, and nobody looks at them.",
        True,
        boolean,
        differs="InvenTree's default is off; here a date that somebody gave counts.",
    ),
    Setting(
        "STOCK_ALLOW_EXPIRED_BUILD",
        "Expired stock may be built in",
        "Expired stock may be allocated and used. Off: only units that do not expire before that.",
        False,
        boolean,
        differs="InvenTree has the setting and does not look at it.",
    ),
    Setting(
        "STOCK_STALE_DAYS",
        "Stale days",
        "Stock is stale so many days before it expires.",
        0,
        whole(0, 3650),
    ),
    Setting(
        "STOCK_OWNERSHIP_CONTROL",
        "Owners of stock",
        "Stock and locations that have an owner are touched only by the owner, or by members of the group that owns them.",
        False,
        boolean,
        differs="InvenTree has the setting and does not look at it.",
    ),
    Setting(
        "STOCK_ENFORCE_BOM_INSTALLATION",
        "Install what the BOM names",
        "A part can be installed into another only if its bill of materials has it.",
        True,
        boolean,
    ),
    Setting(
        "STOCK_SHOW_INSTALLED_ITEMS",
        "Show installed stock",
        "Lists of stock show what is installed in something, too.",
        False,
        boolean,
        waits_for="the pages",
    ),
)
