from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.packs import amount, base_to_packs, pack_quantity, packs_to_base, unit_name
from outwork.rules.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "part_unit", "quantity"),
    [
        ("", "", "1"),
        ("  ", "m", "1"),
        ("4000", "", "4000"),
        ("4000", "pcs", "4000"),
        ("4000 pcs", "", "4000"),
        ("4000 each", "pieces", "4000"),
        ("100 m", "m", "100"),
        ("100m", "mm", "100000"),
        ("100", "mm", "100"),
        ("2.5 kg", "g", "2500"),
        ("2.5 kg", "kg", "2.5"),
        ("500 g", "kg", "0.5"),
        ("1 lb", "mg", "453592.37"),
        ("1 ft", "in", "12"),
        ("10 in", "mm", "254"),
        ('10 "', "mm", "254"),
        ("3 Metres", "cm", "300"),
        ("1 L", "ml", "1000"),
        ("90 min", "h", "1.5"),
        (".5 KG", "g", "500"),
        ("5. m", "m", "5"),
        ("3 reel", "Reel", "3"),  # a unit of one's own converts to itself
        ("3", "reel", "3"),
    ],
)
def test_it_works(text: str, part_unit: str, quantity: str):
    assert pack_quantity(text, part_unit) == Decimal(quantity)


@pytest.mark.parametrize(
    ("text", "part_unit", "code", "message"),
    [
        ("100 m", "", "unit_incompatible", "m cannot be counted in pcs"),
        ("100 m", "kg", "unit_incompatible", "m cannot be counted in kg"),
        ("4 kilograms", "litres", "unit_incompatible", "kg cannot be counted in litres"),
        ("100 m", "reel", "unit_incompatible", "m cannot be counted in reel"),
        ("100 furlongs", "m", "unit_unknown", 'the unit "furlongs" is not known'),
        ("1e3", "", "unit_unknown", 'the unit "e3" is not known'),
        ("2,5 kg", "g", "amount_unreadable", '"2,5 kg" is not an amount such as 4000 or 2.5 kg'),
        ("kg", "g", "amount_unreadable", '"kg" is not an amount such as 4000 or 2.5 kg'),
        ("-5", "", "amount_unreadable", '"-5" is not an amount such as 4000 or 2.5 kg'),
        ("nan", "", "amount_unreadable", '"nan" is not an amount such as 4000 or 2.5 kg'),
        ("0", "", "quantity_not_positive", "0 is not a quantity: it must be more than 0"),
        ("0 m", "mm", "quantity_not_positive", "0 is not a quantity: it must be more than 0"),
        (
            "1 oz",
            "kg",
            "amount_too_fine",
            "1 oz is 0.028349523125 kg, which is finer than the 5 decimal places of a quantity",
        ),
        ("1 g", "lb", "amount_not_exact", "1 g has no exact value in lb"),
        ("2000000 km", "mm", "quantity_too_large", "2.00000e+12 is more than a quantity can be (1000000000)"),
        ("0.000001", "", "quantity_too_fine", "0.000001 has 6 decimal places; a quantity has at most 5"),
    ],
)
def test_refuses(text: str, part_unit: str, code: str, message: str):
    with pytest.raises(Refusal) as caught:
        amount(text, part_unit)
    assert caught.value.codes == [code]
    assert str(caught.value) == message


def test_an_empty_amount_is_no_amount_but_an_empty_pack_is_one():
    with pytest.raises(Refusal):
        amount("", "m")


@pytest.mark.parametrize(
    ("unit", "name"), [("", "pcs"), ("Inches", "in"), ("KG", "kg"), ("µm", "um"), ("furlong", None), (" m ", "m")]
)
def test_units_have_several_spellings(unit: str, name: str | None):
    assert unit_name(unit) == name


def test_part_of_a_pack_can_be_received():
    """39 boards of 10 panels of 4."""
    assert packs_to_base(Decimal(10), Decimal(4)) == 40
    assert base_to_packs(Decimal(39), Decimal(4)) == Decimal("9.75")
    assert packs_to_base(Decimal("9.75"), Decimal(4)) == 39


@given(base=st.decimals("0.00001", "1000000000", places=5), pack=st.decimals("0.00001", "1000000000", places=5))
def test_a_quantity_survives_the_way_to_packs_and_back(base: Decimal, pack: Decimal):
    assert packs_to_base(base_to_packs(base, pack), pack) == base
