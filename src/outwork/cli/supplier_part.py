"""What suppliers sell us, and at which prices, on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import click

from outwork.cli.doing import company_zone, reading
from outwork.cli.master_data import More, Spoken, group, section
from outwork.cli.output import print_json
from outwork.cli.tables import day, shown, table
from outwork.models import SupplierPart
from outwork.operations.master_data.offers import PRICES, offer_parts
from outwork.queries.price_history import price_history
from outwork.queries.supplier_parts import prices_of

HELPS = {
    "part": "Which part of ours it is.",
    "supplier": "Who sells it.",
    "sku": "What the supplier calls it.",
    "manufacturer_part": "Whose product it is: an MPN, or MANUFACTURER/MPN.",
    "description": "How the supplier describes it.",
    "link": "Where the supplier shows it.",
    "note": "A note.",
    "packaging": "Reel, tray, box.",
    "pack_quantity": 'What one pack holds: 4000, or with a unit "100 m".',
    "multiple": "It is sold in multiples of so many packs.",
    "base_cost": "What an order of it costs beside the packs.",
    "lead_time_days": "How many days it takes.",
    "available": "How many packs the supplier has, as of now.",
    "is_active": "It can still be ordered.",
    "is_primary": "It is what we buy first; the first of a part is.",
}


class Price(click.ParamType):
    """QUANTITY=PRICE, with a currency if it is not the supplier's: 100=38.20 or "100=38.20 USD"."""

    name = "QUANTITY=PRICE"
    _form = re.compile(r"\s*([^=\s]+)\s*=\s*([^=\s]+)(?:\s+(\S+))?\s*")

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        found = self._form.fullmatch(str(value))
        if not found:
            self.fail(f'{value} is not {self.name}, such as 100=38.20 or "100=38.20 USD".', parameter, context)
        quantity, price, currency = found.groups()
        return {"quantity": quantity, "price": price, **({"currency": currency} if currency else {})}


def _read_prices(given: dict[str, Any]) -> dict[str, Any]:
    prices, none = given.pop(PRICES), given.pop("no_prices")
    if prices and none:
        raise click.UsageError("Either --price or --no-prices.")
    return {PRICES: list(prices)} if prices or none else {}


def _more(rows: Sequence[SupplierPart]) -> Mapping[int, More]:
    """The prices of each; one statement."""
    found = prices_of([row.pk for row in rows])
    return {row.pk: {PRICES: found.get(row.pk, [])} for row in rows}


def _cells(row: SupplierPart, more: More) -> Sequence[Any]:
    marks = {"primary": row.is_primary, "inactive": not row.is_active}
    return (
        *(row.sku, row.supplier, row.part.label, row.manufacturer_part, row.pack_quantity, row.lead_time_days),
        "; ".join(str(price) for price in more[PRICES]) or "no price",
        ", ".join(word for word, holds in marks.items() if holds),
    )


def _facts(row: SupplierPart) -> Iterator[str]:
    if row.available_at is not None:
        yield f"  Available as of {day(row.available_at, company_zone())}"
    rows = [(one.quantity, one.price, one.currency) for one in prices_of([row.pk])[row.pk]]
    yield from section("Prices per pack", ("from", "price", ""), rows, limit=100)


SPOKEN = Spoken(
    SupplierPart,
    "A SUPPLIER_PART is named by its SKU, by SUPPLIER/SKU where several sell it under one, or as id=12.",
    ("SKU", "supplier", "part", "MPN", "pack", "days", "prices per pack", ""),
    _cells,
    arguments=("supplier", "sku"),
    helps=HELPS,
    more=_more,
    facts=_facts,
    data=lambda row: {PRICES: prices_of([row.pk])[row.pk]},
    extras=(
        click.option("--no-prices", is_flag=True, help="It has no price."),
        click.option(
            "--price",
            PRICES,
            multiple=True,
            type=Price(),
            help='From so many packs on, a pack costs this: 100=38.20, "100=38.20 USD". Give all of them: those that '
            "stand and are not given are removed.",
        ),
    ),
    read_extras=_read_prices,
    save=offer_parts,
)
command = group(
    SPOKEN, "supplier-part", "Supplier parts: what is sold to us, by whom, in which packs, at which prices."
)


@command.command("prices", help="What the prices of a supplier part were and became, latest first.")
@click.argument("name", metavar=SPOKEN.metavar)
@reading
def prices(name: str, as_json: bool) -> None:
    """Tell the history of the prices of one supplier part."""
    found = price_history(supplier_part_ids=[SPOKEN.named(name).pk])
    if as_json:
        print_json(found)
        return
    zone = company_zone()
    rows = [
        (
            *(day(one.at, zone), one.quantity, _amount(one.before, one.before_currency)),
            *(_amount(one.after, one.after_currency), one.who),
        )
        for one in found
    ]
    for line in table(("day", "from", "was", "is", "by"), rows) or ["No price of it ever changed."]:
        click.echo(line)


def _amount(price: Decimal | None, currency: str) -> str:
    return "no price" if price is None else f"{shown(price)} {currency}"
