"""Settings of purchase orders and of what goes back to suppliers."""

from __future__ import annotations

from outwork.rules.settings.values import Setting, boolean, pattern, percentage

SETTINGS = (
    Setting(
        "PURCHASEORDER_REFERENCE_PATTERN",
        "Reference pattern",
        "How purchase orders are numbered.",
        "PO-{ref:04d}",
        pattern,
    ),
    Setting(
        "PURCHASEORDER_REQUIRE_RESPONSIBLE",
        "Somebody answers for it",
        "A purchase order names who is responsible.",
        False,
        boolean,
    ),
    Setting(
        "PURCHASEORDER_AUTO_COMPLETE",
        "Complete by itself",
        "An order becomes complete with the receipt that closes its last line.",
        True,
        boolean,
    ),
    Setting(
        "PURCHASEORDER_EDIT_COMPLETED_ORDERS",
        "Complete orders may change",
        "Lines of a complete order may be changed. Off: reopen the order first.",
        False,
        boolean,
    ),
    Setting(
        "PURCHASEORDER_MERGE_LINE_ITEMS",
        "Merge equal lines",
        "A new line of the same supplier part, date, destination and build is added to the one that stands.",
        True,
        boolean,
        differs="InvenTree forgets the build order of the new line; here lines of different builds are never merged.",
    ),
    Setting(
        "PURCHASEORDER_CONVERT_CURRENCY",
        "Unit prices in base currency",
        "Stock shows what it was bought for in base currency. Off: in the currency of the order.",
        False,
        boolean,
        differs="The ledger is valued in base currency either way; the amount and the rate stand beside it.",
        waits_for="the REST API",
    ),
    Setting(
        "PURCHASEORDER_OVERRECEIPT_TOLERANCE",
        "Tolerated over-receipt (%)",
        "So much more than ordered may be received on a line without saying so.",
        "0",
        percentage,
        differs="InvenTree takes any quantity.",
    ),
    Setting(
        "SUPPLIERRETURN_REFERENCE_PATTERN",
        "Reference pattern of returns",
        "How returns to suppliers and manufacturers are numbered.",
        "RT-{ref:04d}",
        pattern,
    ),
)
