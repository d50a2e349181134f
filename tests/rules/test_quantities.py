"""Numbers as people write them."""

from decimal import Decimal

import pytest

from outwork.rules.quantities import money, quantity
from outwork.rules.refusals import Refusal


def test_it_works():
    assert [quantity(one) for one in ("10", " 1.5 ", 2.5, "1e3")] == [10, Decimal("1.5"), Decimal("2.5"), 1000]


@pytest.mark.parametrize("text", ["1_0", "1_000.5", "１０", "١٠", "ten", "", "NaN", "Infinity"])
@pytest.mark.parametrize("read", [quantity, money])
def test_refuses_what_nobody_writes(read, text):
    with pytest.raises(Refusal) as refusal:
        read(text, where=("quantity",))
    assert [(one.code, one.where) for one in refusal.value.reasons] == [("number_invalid", ("quantity",))]
