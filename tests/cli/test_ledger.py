"""The ledger from the command line: recounted, and taken back."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import Event, StockItem

pytestmark = pytest.mark.django_db


def run(*arguments, status=0):
    result = CliRunner().invoke(main, ["ledger", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result.output


def test_it_works(shop):
    shop.put("R-10K", 40)
    assert run("verify") == "Everything agrees.\n"
    assert json.loads(run("verify", "--json")) == {"differences": []}


def test_differences_are_named_and_end_with_1(shop):
    item = shop.put("R-10K", 40)
    StockItem.objects.update(quantity=Decimal(41))
    assert run("verify", status=1).splitlines() == [
        f"item {item.pk} (R-10K): quantity is 41, the ledger says 40",
        "1 difference.",
    ]
    (found,) = json.loads(run("verify", "--json", status=1))["differences"]
    assert (found["kind"], found["recorded"], found["recounted"]) == ("quantity", "41", "40")


def test_an_event_is_taken_back_once(shop):
    shop.put("R-10K", 40)
    result = CliRunner().invoke(main, ["stock", "remove", f"{StockItem.objects.get().pk}=10"])
    assert result.exit_code == 0
    event = Event.objects.latest("pk")
    assert "is taken back" in run("reverse", event.pk, "--reason", "typing error")
    shop.expect("R-10K   Main shelf   40")
    assert "already" in run("reverse", event.pk, "--reason", "again", status=1)
    assert run("reverse", event.pk, status=2)
    shop.recount()
