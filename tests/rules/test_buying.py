"""How much to order from whom."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.buying import Offered, purchase, purchases
from outwork.rules.pricing import Break

TODAY = datetime.date(2026, 3, 2)
REEL = Offered(
    1,
    "Reichelt",
    "R10K",
    pack_size=Decimal(100),
    multiple=2,
    base_cost=Decimal(5),
    breaks=(Break(Decimal(1), Decimal("2.00")), Break(Decimal(10), Decimal("1.00"))),
    currency="EUR",
    rate=Decimal(1),
    lead_days=14,
)


def test_it_works():
    found = purchase(Decimal(250), REEL, needed=datetime.date(2026, 3, 20), today=TODAY)
    assert (found.packs, found.units, found.over) == (4, 400, 150)
    assert (found.total, found.price) == (Decimal("13.00"), Decimal("3.25"))
    assert (found.order_by, found.comes, found.is_late) == (
        datetime.date(2026, 3, 6),
        datetime.date(2026, 3, 16),
        False,
    )
    assert found.larger is not None
    assert (found.larger.quantity, found.larger.total) == (10, 15)


def test_an_unknown_price_and_an_unknown_lead_time_are_not_zero():
    found = purchase(Decimal(1), Offered(1, "Reichelt", "X"), needed=TODAY, today=TODAY)
    assert (found.price, found.total, found.order_by, found.comes, found.is_late) == (None, None, None, None, False)


def test_the_primary_offer_is_first_then_in_time_then_the_cheapest():
    price = (Break(Decimal(1), Decimal(1)),)
    dear = Offered(2, "B", "b", breaks=(Break(Decimal(1), Decimal(3)),), currency="EUR", rate=Decimal(1))
    cheap = Offered(3, "C", "c", breaks=price, currency="USD", rate=Decimal("0.9"))
    late = Offered(4, "D", "d", breaks=price, currency="EUR", rate=Decimal("0.1"), lead_days=99)
    unknown = Offered(5, "E", "e", breaks=price, currency="GBP")
    primary = Offered(6, "F", "f", is_primary=True)
    found = purchases(Decimal(10), [dear, cheap, late, unknown, primary], needed=TODAY, today=TODAY)
    assert [one.offer.id for one in found] == [6, 3, 2, 5, 4]


@given(
    st.decimals(min_value="0.00001", max_value=10_000, places=5),
    st.decimals(min_value="0.001", max_value=500, places=5),
    st.integers(1, 50),
)
def test_it_is_enough_and_a_multiple_less_would_not_be(short, pack, multiple):
    found = purchase(short, Offered(1, "R", "x", pack_size=pack, multiple=multiple))
    assert found.units >= short
    assert found.packs % multiple == 0
    assert (found.packs - multiple) * pack < short
    assert found.over == found.units - short
