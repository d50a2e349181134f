"""What tests of the command line share: the program run in this process, and a radio to be built outside."""

import pytest

from tests.cli.program import Program


@pytest.fixture
def program(db: None) -> Program:
    """The program, run in this process on the test's database."""
    return Program()


@pytest.fixture
def radio(shop):
    """A radio that Acme builds outside, with its parts on our shelf."""
    shop.switch_on()
    shop.location("Finished goods")
    radio = shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7, "CASE": 1}, is_trackable=True)
    shop.sells(shop.manufacturer(), radio, "12.50", sku="ASM-RADIO")
    shop.given("""
        R-10K    batch A   Main shelf   3412
        C-100N   batch C   Main shelf   5000
        CASE               Main shelf   90
    """)
    return radio
