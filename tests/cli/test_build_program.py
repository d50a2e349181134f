"""Builds and orders through the real program, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import Installation

SHOP = """
import django
django.setup()
from tests.shop import Shop
shop = Shop()
shop.switch_on()
radio = shop.assembly("RADIO", {"R-10K": 4}, is_trackable=True)
shop.sells(shop.manufacturer(), radio, "12.50", sku="ASM-RADIO")
shop.put("R-10K", 3412)
shop.location("Finished goods")
"""


@pytest.fixture
def made(ready: Installation) -> Installation:
    """An installation in which Acme may build radios."""
    environment = {
        **ready.environment,
        "DJANGO_SETTINGS_MODULE": "outwork.config.settings",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    subprocess.run([sys.executable, "-c", SHOP], env={**os.environ, **environment}, check=True)
    return ready


def test_it_works(made: Installation) -> None:
    def outwork(*arguments: str) -> str:
        result = made.run(*arguments, OUTWORK_USER="ada")
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return result.stdout

    outwork("build", "create", "RADIO", "3", "--external", "--manufacturer", "Acme Assembly")
    outwork("build", "supply", "BO-0001", "--all", "we send")
    outwork("build", "order", "BO-0001")
    outwork("order", "place", "PO-0001")
    outwork("build", "auto-allocate", "BO-0001")
    outwork("build", "send", "BO-0001")
    outwork("order", "receive", "PO-0001", "--all", "--serials", "1-3", "--location", "Finished goods", "--accept")
    outwork("build", "finish", "BO-0001")
    shown = json.loads(outwork("build", "show", "BO-0001", "--json"))
    assert (shown["status"], shown["progress"]["accepted"], shown["lines"][0]["consumed"]) == ("complete", "3", "12")


def test_a_receipt_is_taken_back_by_its_event(made: Installation) -> None:
    """In a process of its own: what is loaded beside it must not matter."""

    def outwork(*arguments: str) -> str:
        result = made.run(*arguments, OUTWORK_USER="ada")
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return result.stdout

    outwork("build", "create", "RADIO", "3", "--external", "--manufacturer", "Acme Assembly")
    outwork("build", "order", "BO-0001")
    outwork("order", "place", "PO-0001")
    received = ("order", "receive", "PO-0001", "--all", "--serials", "1-3", "--location", "Finished goods", "--json")
    event = json.loads(outwork(*received))["event"]
    assert "is taken back" in outwork("ledger", "reverse", str(event), "--reason", "never came")
    assert json.loads(outwork("build", "show", "BO-0001", "--json"))["progress"]["received"] == "0"
    assert outwork("ledger", "verify") == "Everything agrees.\n"


def test_a_refusal_ends_with_1_and_wrong_use_with_2(made: Installation) -> None:
    refused = made.run("build", "create", "R-10K", "0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "R-10K is not an assembly, so it cannot be built",
        "0 is not a quantity: it must be more than 0",
    ]
    as_json = made.run("build", "create", "R-10K", "0", "--json")
    assert as_json.returncode == 1
    assert [reason["code"] for reason in json.loads(as_json.stdout)["refused"]] == [
        "part_not_assembly",
        "quantity_not_positive",
    ]
    wrong = made.run("build", "create", "RADIO")
    assert wrong.returncode == 2
    assert "Missing argument 'QUANTITY'" in wrong.stderr
