"""Whatever a company does in whatever order, its books agree: short in `make test`, long in `make soak`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scenarios.random_company import RandomCompany

QUIET: Any = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_a_short_life():
    run_state_machine_as_test(
        RandomCompany, settings=settings(max_examples=8, stateful_step_count=20, derandomize=True, **QUIET)
    )


@pytest.mark.soak
def test_a_long_life():
    run_state_machine_as_test(RandomCompany, settings=settings(max_examples=500, stateful_step_count=50, **QUIET))
