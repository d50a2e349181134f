"""The program as a whole: help, exit status, and how it says no."""

import json
import sys
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from outwork import __version__
from outwork.cli.main import COMMANDS, main
from outwork.cli.output import json_option, print_json
from outwork.rules import refusals
from outwork.rules.refusals import Reason, Refusal
from tests.installation import Installation

TEXTS = {"test_open": "{part}: {open} open, {arrived} arrived", "test_serial": "{serial} is used already"}


@click.command("receive")
@json_option
def refusing(as_json: bool) -> None:
    """Refuse for two reasons."""
    raise Refusal(
        Reason("test_open", {"part": "R-10K", "open": 40, "arrived": 60}, ("lines", 0)),
        Reason("test_serial", {"serial": "SN-7"}),
    )


@click.command("show")
@json_option
def showing(as_json: bool) -> None:
    """Print data."""
    print_json({"part": "R-10K"})


@click.command("break")
@json_option
def breaking(as_json: bool) -> None:
    """Do what nobody expected."""
    raise ZeroDivisionError("no units")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch):
    """The program with two more commands, run in this process."""
    for name, command in {"receive": refusing, "show": showing, "break": breaking}.items():
        module = f"tests_{name}_command"
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(command=command))
        monkeypatch.setitem(COMMANDS, name, (module, "Of this test."))
    for code, text in TEXTS.items():
        monkeypatch.setitem(refusals.TEXTS, code, text)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_a_refusal_prints_every_reason_and_ends_with_1(program) -> None:
    result = program("receive")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "R-10K: 40 open, 60 arrived\nSN-7 is used already\n"


def test_a_refusal_is_json_when_json_was_asked_for(program) -> None:
    result = program("receive", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "refused": [
            {
                "code": "test_open",
                "message": "R-10K: 40 open, 60 arrived",
                "params": {"part": "R-10K", "open": 40, "arrived": 60},
                "where": ["lines", 0],
            },
            {"code": "test_serial", "message": "SN-7 is used already", "params": {"serial": "SN-7"}, "where": []},
        ]
    }


def test_data_is_json_on_stdout_and_the_end_is_0(program) -> None:
    result = program("show", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"part": "R-10K"})


def test_a_fault_is_one_line_without_a_stack_trace_and_ends_with_70(program, settings, tmp_path) -> None:
    settings.DATA_FOLDER = tmp_path / "data"
    log = tmp_path / "data" / "errors.log"
    result = program("break")
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr == (
        f"This is a fault of Outwork, not of what you asked (ZeroDivisionError: no units); the details are in {log}.\n"
    )
    assert 'raise ZeroDivisionError("no units")' in log.read_text()


def test_a_fault_is_json_when_json_was_asked_for(program, settings, tmp_path) -> None:
    settings.DATA_FOLDER = tmp_path
    result = program("break", "--json")
    error = {"message": "ZeroDivisionError: no units", "log": str(tmp_path / "errors.log")}
    assert (result.exit_code, json.loads(result.stdout)) == (70, {"error": error})


def test_wrong_use_ends_with_2(program) -> None:
    assert program("no-such-command").exit_code == 2
    assert program("serve", "--no-such-option").exit_code == 2
    assert program("serve", "--port", "many").exit_code == 2


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(program, name: str) -> None:
    result = program(name, "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


def test_help_names_every_command_without_loading_django(installation: Installation) -> None:
    result = installation.run("--help")
    assert result.returncode == 0
    for name in COMMANDS:
        assert f"  {name} " in result.stdout
    assert not installation.data.exists()
    assert installation.run("--version").stdout == f"outwork, version {__version__}\n"
