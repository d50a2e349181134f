"""Sites of companies, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import Address

SPOKEN = Spoken(
    Address,
    "An ADDRESS is named by its title, by COMPANY/TITLE where there are several, or as id=12.",
    ("title", "company", "street", "postal code", "city", "country", ""),
    lambda row, more: (
        *(row.title, row.company, row.line1, row.postal_code, row.city, row.country),
        ", ".join(
            word
            for word, holds in {"primary": row.is_primary, "sells": row.is_seller, "ships": row.is_shipper}.items()
            if holds
        ),
    ),
    arguments=("company", "title"),
    helps={
        "company": "Whose site it is.",
        "title": "What the site is called.",
        "line1": "Street and number.",
        "line2": "What else stands in the address.",
        "postal_code": "Its postal code.",
        "city": "Its city.",
        "province": "Its province or state.",
        "country": "Its country.",
        "link": "Where more is said of it.",
        "shipping_notes": "What the carrier should know.",
        "internal_notes": "What we should know.",
        "is_primary": "It is the one that is meant when none is named; the first of a company is.",
        "is_seller": "Orders go there.",
        "is_shipper": "Goods leave from there.",
    },
)
command = group(SPOKEN, "address", "Addresses: the sites of companies.")
