"""The grounds that several stories start from."""

from __future__ import annotations

import pytest

from tests.scenarios.hackrf import HackRF
from tests.shop import Shop


@pytest.fixture
def hackrf(shop: Shop) -> HackRF:
    """A build order for a hundred HackRF Ones, not yet issued."""
    return HackRF(shop)
