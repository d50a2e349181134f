"""Settings from the command line."""

import json

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import Event, Setting
from outwork.rules.settings import SETTINGS

pytestmark = pytest.mark.django_db


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, ["settings", *arguments])
    assert result.exit_code == status, result.output
    return result.output


def test_it_works() -> None:
    assert run("get", "BUILDORDER_EXTERNAL_BUILDS") == "off\n"
    assert run("set", "BUILDORDER_EXTERNAL_BUILDS", "yes") == "BUILDORDER_EXTERNAL_BUILDS is on (was off)\n"
    assert run("get", "BUILDORDER_EXTERNAL_BUILDS") == "on\n"
    assert Event.objects.get().kind == "settings.changed"
    assert run("set", "BUILDORDER_EXTERNAL_BUILDS", "on") == "BUILDORDER_EXTERNAL_BUILDS is on already\n"
    (line,) = [line for line in run("list").splitlines() if "EXTERNAL_BUILDS" in line]
    assert line.split()[1:3] == ["on", "*"]
    assert run("set", "BUILDORDER_EXTERNAL_BUILDS", "--default") == "BUILDORDER_EXTERNAL_BUILDS is off (was on)\n"
    assert not Setting.objects.exists()


def test_json_describes_every_setting() -> None:
    found = json.loads(run("list", "--json"))
    assert [one["key"] for one in found] == list(SETTINGS)
    one = json.loads(run("get", "SERIAL_NUMBER_SCOPE", "--json"))
    assert (one["value"], one["choices"], one["type"]) == ("family", ["family", "part", "company"], "string")
    done = json.loads(run("set", "COMPANY_NAME", "Ampère & Co", "--json"))
    assert done["data"] == {"COMPANY_NAME": ["", "Ampère & Co"]}


def test_refuses_what_is_no_setting_or_no_value() -> None:
    assert "NO_SUCH" in run("get", "NO_SUCH", status=1)
    assert "on or off" in run("set", "BUILDORDER_EXTERNAL_BUILDS", "maybe", status=1)
    run("set", "BUILDORDER_EXTERNAL_BUILDS", status=2)
    run("set", "BUILDORDER_EXTERNAL_BUILDS", "on", "--default", status=2)
    assert not Setting.objects.exists()
    assert not Event.objects.exists()
