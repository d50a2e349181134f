"""What attachments, comments, tags and parameters can hang on, and what each of them may hang on."""

from __future__ import annotations

from enum import StrEnum


class SubjectKind(StrEnum):
    """The kinds of subject, as they are stored and as the API names them."""

    PART = "part"
    COMPANY = "company"
    MANUFACTURER_PART = "manufacturer part"
    SUPPLIER_PART = "supplier part"
    BOM_SUBSTITUTE = "BOM substitute"
    LOCATION = "location"
    STOCK_ITEM = "stock item"
    BUILD = "build"
    BUILD_OUTPUT = "build output"
    ORDER = "order"
    ORDER_LINE = "order line"
    SUPPLIER_RETURN = "supplier return"
    TEST_RESULT = "test result"
    EVENT = "event"


# Documents are talked about; so are the parts and companies that they are about.
COMMENTED = frozenset(SubjectKind) - {SubjectKind.EVENT, SubjectKind.TEST_RESULT}
TAGGED = frozenset(
    {
        SubjectKind.PART,
        SubjectKind.COMPANY,
        SubjectKind.MANUFACTURER_PART,
        SubjectKind.SUPPLIER_PART,
        SubjectKind.LOCATION,
        SubjectKind.STOCK_ITEM,
        SubjectKind.BUILD,
        SubjectKind.ORDER,
        SubjectKind.SUPPLIER_RETURN,
    }
)
PARAMETERISED = frozenset(
    {
        SubjectKind.PART,
        SubjectKind.COMPANY,
        SubjectKind.MANUFACTURER_PART,
        SubjectKind.SUPPLIER_PART,
        SubjectKind.BUILD,
        SubjectKind.ORDER,
    }
)
