"""What things cost, taken out of what is shown to somebody who may not see prices; for pages and the REST API."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from outwork.queries.build_overview import OrderedRow
from outwork.queries.costs import Amounts, BuildCost, ComponentCost, KindCost
from outwork.queries.landed import LandedCost
from outwork.queries.orders import ExtraRow, OrderLineRow, OrderOverview, OrderRow
from outwork.queries.output_costs import LotCost, OutputCost
from outwork.queries.parts import InternalRow
from outwork.queries.price_history import PriceTurn
from outwork.queries.returns import ReturnLine
from outwork.queries.stock import OnHand, Step
from outwork.queries.supplier_parts import Offer, PriceRow
from outwork.rules.buying import Offered, Purchase
from outwork.rules.explaining import Buyable, Told

Shown = TypeVar("Shown")

# The amounts of each kind of row that is shown; quantities, dates, percentages and currencies stay.
AMOUNTS: dict[type, frozenset[str]] = {
    Amounts: frozenset({"components", "service", "extras"}),
    BuildCost: frozenset({"good_value", "rejected", "unborne"}),
    Buyable: frozenset({"total"}),
    ComponentCost: frozenset({"estimated", "actual"}),
    ExtraRow: frozenset({"price", "total"}),
    InternalRow: frozenset({"price"}),
    KindCost: frozenset({"estimated", "actual"}),
    LandedCost: frozenset({"value", "price", "rate", "own", "extras"}),
    LotCost: frozenset({"value"}),
    Offer: frozenset({"base_cost", "prices"}),
    Offered: frozenset({"base_cost", "breaks", "rate"}),
    OnHand: frozenset({"value"}),
    OrderLineRow: frozenset({"price", "total"}),
    OrderOverview: frozenset({"totals", "total", "total_base"}),
    OrderRow: frozenset({"totals", "total", "total_base"}),
    OrderedRow: frozenset({"price"}),
    OutputCost: frozenset({"components", "service", "extras", "rest", "total"}),
    PriceRow: frozenset({"price"}),
    PriceTurn: frozenset({"before", "after"}),
    Purchase: frozenset({"price", "total", "larger"}),
    ReturnLine: frozenset({"credit", "credit_value", "cost"}),
    Step: frozenset({"value"}),
}


def without_prices(shown: Shown) -> Shown:
    """The same rows, lists and dicts of them, with None for every amount and nothing in lists of amounts.

    Averages and sums that rows work out are None too. Rows of models go through as they are: show no amount of them.
    """
    return cast(Shown, _without(shown))


def _without(shown: Any) -> Any:
    if isinstance(shown, Told) and "price" in shown.params:
        return dataclasses.replace(shown, params={**shown.params, "price": ""})
    if dataclasses.is_dataclass(shown) and not isinstance(shown, type):
        amounts = AMOUNTS.get(type(shown), frozenset())
        names = [one.name for one in dataclasses.fields(shown) if one.init]
        values = {name: getattr(shown, name) for name in names}
        return dataclasses.replace(
            shown, **{name: _blank(value) if name in amounts else _without(value) for name, value in values.items()}
        )
    if isinstance(shown, Mapping):
        return {key: _without(value) for key, value in shown.items()}
    if isinstance(shown, (list, tuple)):
        return type(shown)(_without(one) for one in shown)
    return shown


def _blank(amount: Any) -> Any:
    """Nothing: of a list an empty one, of amounts by kind or currency each unknown."""
    if isinstance(amount, Mapping):
        return dict.fromkeys(amount)
    return type(amount)() if isinstance(amount, (list, tuple)) else None
