"""`outwork demo`: it fills, tells and serves; and leaves a company of its own alone."""

from __future__ import annotations

import json
import urllib.request

from tests.installation import Installation


def test_it_fills_and_tells(installation: Installation) -> None:
    first = installation.run("demo", "--no-serve")
    assert first.returncode == 0, first.stderr
    assert "Moorlund Instruments is here, its year told in" in first.stdout
    for word in ("buyer", "Password", "FL3B00001 to FL3B00047", "slips", "Total", "certain", "Left over"):
        assert word in first.stdout
    again = installation.run("demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    assert "is here already" in again.stdout
    assert first.stdout.partition("\n")[2] == again.stdout.partition("\n")[2]
    assert installation.run("ledger", "verify").returncode == 0


def test_it_serves_what_it_filled(installation: Installation) -> None:
    with (
        installation.serve("demo") as address,
        urllib.request.urlopen(f"{address}/health/", timeout=10) as answer,
    ):
        assert json.loads(answer.read())["status"] == "ok"
    # As JSON it is one object, and nothing is served.
    data = json.loads(installation.run("demo", "--json").stdout)
    assert {one["login"] for one in data["logins"]} == {"owner", "buyer", "stores", "engineer"}
    assert data["is_new"] is False
    assert data["story"]["progress"]["accepted"] == "116"
    assert data["story"]["cost"]["is_final"] is True


def test_a_company_that_has_data_is_refused_and_served_as_it_is(ready: Installation) -> None:
    assert ready.run("settings", "set", "TIME_ZONE", "Europe/Vienna").returncode == 0
    result = ready.run("demo", "--no-serve")
    assert result.returncode == 1
    assert "data of its own" in result.stderr
    refused = json.loads(ready.run("demo", "--json").stdout)["refused"]
    assert [one["code"] for one in refused] == ["company_not_empty"]
    with ready.serve("demo") as address, urllib.request.urlopen(f"{address}/", timeout=10) as page:
        assert page.status == 200
