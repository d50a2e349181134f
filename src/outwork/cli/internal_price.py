"""What parts are reckoned at inside the company, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import InternalPrice

SPOKEN = Spoken(
    InternalPrice,
    "An INTERNAL_PRICE is named by its part and quantity, as in R-10K/100, or as id=12.",
    ("part", "from", "price", ""),
    lambda row, more: (row.part.label, row.quantity, row.price, row.currency),
    arguments=("part", "quantity", "price"),
    helps={
        "part": "Which part.",
        "quantity": "From so many units on.",
        "price": "What a unit is reckoned at.",
        "currency": "In which currency; the base currency if nothing is said.",
    },
)
command = group(
    SPOKEN,
    "internal-price",
    "Internal prices: what parts are reckoned at among ourselves (settings PART_INTERNAL_PRICE and "
    "PART_BOM_USE_INTERNAL_PRICE).",
)
