"""InvenTree's settings that Outwork does not have, each with the reason; the reference page lists them."""

from __future__ import annotations

_NO_SALES = "Sales, returns from customers and transfer orders are not what Outwork is for."
_LEDGER = "The ledger is never shortened: what a movement says is proof."
_ONE_SOURCE = "Costs come from the ledger, estimates from offers; no price ranges are kept that could be stale."
_PAGES = "Pages decide that themselves."

# Instead of these there is another setting of ours.
INSTEAD: dict[str, str] = {
    "INVENTREE_COMPANY_NAME": "COMPANY_NAME",
    "INVENTREE_BASE_URL": "BASE_URL",
    "INVENTREE_DEFAULT_CURRENCY": "BASE_CURRENCY",
    "SERIAL_NUMBER_GLOBALLY_UNIQUE": "SERIAL_NUMBER_SCOPE",
}
LEFT_OUT: dict[str, str] = {
    "INVENTREE_INSTANCE": "The name of the company is shown.",
    "INVENTREE_STRICT_URLS": "Links are always checked.",
    "CURRENCY_CODES": "Every currency may be used; a rate for it is entered once.",
    "CURRENCY_UPDATE_INTERVAL": "Rates are entered or imported; nothing is fetched from outside.",
    "DISPLAY_FULL_NAMES": _PAGES,
    "PRICING_DECIMAL_PLACES": _PAGES,
    "PRICING_DECIMAL_PLACES_MIN": _PAGES,
    "BARCODE_ENABLE": "A scanner is a keyboard; nothing needs to be switched on.",
    "LABEL_ENABLE": "Labels and documents are printed when they are asked for.",
    "REPORT_ENABLE": "Labels and documents are printed when they are asked for.",
    "PROJECT_CODES_ENABLED": "Project codes are there; nobody need use them.",
    "TEST_STATION_DATA": "A test result may always name its station and times.",
    "LOGIN_ENABLE_PWD_FORGOT": "Users and passwords are given by an administrator.",
    "LOGIN_ENABLE_REG": "Users and passwords are given by an administrator.",
    "RETURNORDER_ENABLED": _NO_SALES,
    "TRANSFERORDER_ENABLED": _NO_SALES,
    "SALESORDER_REFERENCE_PATTERN": _NO_SALES,
    "STOCK_ALLOW_EXPIRED_SALE": _NO_SALES,
    "STOCKTAKE_ENABLE": "Counting is a movement, and the ledger knows the stock of any day.",
    "STOCKTAKE_EXCLUDE_EXTERNAL": "Counting is a movement, and the ledger knows the stock of any day.",
    "STOCKTAKE_AUTO_DAYS": "Counting is a movement, and the ledger knows the stock of any day.",
    "STOCKTAKE_DELETE_OLD_ENTRIES": _LEDGER,
    "STOCKTAKE_DELETE_DAYS": _LEDGER,
    "STOCK_TRACKING_DELETE_OLD_ENTRIES": _LEDGER,
    "STOCK_TRACKING_DELETE_DAYS": _LEDGER,
    "STOCK_LOCATION_DEFAULT_ICON": _PAGES,
    "PART_CATEGORY_DEFAULT_ICON": _PAGES,
    "PART_NAME_FORMAT": "A part is shown by its number and revision, or by its name.",
    "PART_SHOW_RELATED": _PAGES,
    "PART_CREATE_SUPPLIER": _PAGES,
    "PART_CREATE_INITIAL": _PAGES,
    "PART_CATEGORY_PARAMETERS": "Categories have no parameter templates.",
    "PART_ALLOW_DELETE_FROM_ASSEMBLY": "What a bill of materials names is never removed.",
    "PART_BOM_ALLOW_ZERO_QUANTITY": "A line of which nothing is used is no line; one that is not fitted says so.",
    "PRICING_USE_SUPPLIER_PRICING": _ONE_SOURCE,
    "PRICING_PURCHASE_HISTORY_OVERRIDES_SUPPLIER": _ONE_SOURCE,
    "PRICING_USE_STOCK_PRICING": _ONE_SOURCE,
    "PRICING_STOCK_ITEM_AGE_DAYS": _ONE_SOURCE,
    "PRICING_USE_VARIANT_PRICING": _ONE_SOURCE,
    "PRICING_ACTIVE_VARIANTS": _ONE_SOURCE,
    "PRICING_AUTO_UPDATE": _ONE_SOURCE,
    "PRICING_UPDATE_DAYS": _ONE_SOURCE,
}
