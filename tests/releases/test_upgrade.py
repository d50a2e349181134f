"""The demo company of every release, brought up to date with its data in place: nothing is lost, and work goes on."""

import json

import pytest

from outwork.rules.states import OutputState
from tests.installation import Installation
from tests.releases import old

KEPT = {
    "numbers of stock": """
        SELECT count(*), sum(quantity), sum(allocated), sum(value) FROM outwork_stockitem
    """,
    "stock by place": """
        SELECT place, count(*), sum(quantity) FROM outwork_stockitem GROUP BY place ORDER BY place
    """,
    "movements": """
        SELECT kind, count(*), sum(quantity), sum(value) FROM outwork_movement GROUP BY kind ORDER BY kind
    """,
    "events": "SELECT kind, count(*) FROM outwork_event GROUP BY kind ORDER BY kind",
    "builds": "SELECT reference, status, quantity FROM outwork_build ORDER BY reference",
    "build lines": "SELECT count(*), sum(quantity), sum(consumed) FROM outwork_buildline",
    "outputs": "SELECT state, count(*), sum(quantity) FROM outwork_buildoutput GROUP BY state ORDER BY state",
    "order lines": """
        SELECT o.reference, l.position, l.ordered, l.received
        FROM outwork_purchaseline l JOIN outwork_purchaseorder o ON o.id = l.order_id ORDER BY o.reference, l.position
    """,
    "master data": """
        SELECT (SELECT count(*) FROM outwork_part), (SELECT count(*) FROM outwork_bomline),
            (SELECT count(*) FROM outwork_company), (SELECT count(*) FROM outwork_supplierpart),
            (SELECT count(*) FROM outwork_pricebreak), (SELECT count(*) FROM outwork_setting)
    """,
}


@pytest.fixture(params=sorted(old.LAST_MIGRATION))
def released(request, installation: Installation) -> Installation:
    """An installation of a release, not brought up to date yet."""
    old.put(request.param, installation)
    return installation


def kept(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    return {what: old.rows_of(installation, sql) for what, sql in KEPT.items()}


def test_it_works(released: Installation) -> None:
    before = kept(released)
    assert all(before.values())
    refused = released.run("stock", "list")
    assert refused.returncode == 1
    assert "behind this version: back it up" in refused.stderr

    migrated = released.run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert kept(released) == before
    assert_sound(released)
    assert released.run("migrate").returncode == 0


def test_work_goes_on(released: Installation) -> None:
    """A receipt and an acceptance of an order that was under way, by somebody who was no superuser."""
    assert released.run("migrate").returncode == 0
    received = say(released, "order", "receive", "PO-0021", "1=2", "--serials", "up-1,up-2", "--as", "stores")
    assert len(received["ids"]) == 2
    accepted = say(released, "build", "accept", "BO-0012", "up-1", "up-2", "--as", "engineer")
    assert accepted["event"] > received["event"]
    states = "SELECT state, count(*) FROM outwork_buildoutput o JOIN outwork_stockitem i ON i.id = o.item_id"
    assert old.rows_of(released, f"{states} WHERE i.serial IN ('up-1', 'up-2') GROUP BY state") == [
        (OutputState.ACCEPTED, 2)
    ]
    assert_sound(released)


def test_everybody_keeps_the_rights_there_were(released: Installation) -> None:
    assert released.run("migrate").returncode == 0
    stores = json.loads(released.run("user", "show", "stores", "--json").stdout)
    assert stores["groups"] == ["Everybody"]
    assert "purchase_order.delete" in stores["rights"]
    assert json.loads(released.run("user", "show", "owner", "--json").stdout)["groups"] == []
    owners = "SELECT count(*), count(user_id), count(group_id) FROM outwork_owner"
    assert old.rows_of(released, owners) == [(5, 4, 1)]


def assert_sound(installation: Installation) -> None:
    """The ledger bears out every number."""
    result = installation.run("ledger", "verify")
    assert result.returncode == 0, result.stdout + result.stderr


def say(installation: Installation, *arguments: str) -> dict[str, list[int]]:
    """What a command answers as JSON."""
    result = installation.run(*arguments, "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    return dict(json.loads(result.stdout))
