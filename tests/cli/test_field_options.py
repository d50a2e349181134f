"""What the help says of the options that are made from fields."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("supplier-part", "create"), "[required]"),
        (("part", "create"), "It is bought. [default: the setting PART_PURCHASEABLE]"),
        (("location", "create"), "[default: yes, if it is a company's]"),
    ],
)
def test_a_default_is_said_once_and_so_is_that_an_option_must_be_given(program, arguments, said) -> None:
    text = " ".join(" ".join(program(*arguments, "--help")).split())
    assert said in text
    assert "[required] [required]" not in text
    assert "] [default: " not in text
