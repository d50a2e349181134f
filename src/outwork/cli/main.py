"""The `outwork` program: which commands there are, and how a refusal or a fault leaves it.

A new command is one line in COMMANDS and one file beside this one that holds a click command (or group) named `command`.
The text of `outwork --help` stands here, so that asking for help loads neither Django nor the commands; Django is set up
before a command's file is imported, which may therefore import models and operations at its top. A command that needs
the tables calls `database.make_ready()` first, so that it works in a new data folder.
"""

import datetime
import importlib
import os
import traceback
from pathlib import Path
from typing import Any

import click

from outwork import __version__
from outwork.cli.output import JSON_ASKED, print_fault, print_refusal
from outwork.rules.refusals import Refusal

COMMANDS = {
    "demo": ("outwork.cli.demo", "Fill the demo company if there is nothing yet, and serve it."),
    "serve": ("outwork.cli.serve", "Serve the pages and the API at HOST:PORT."),
    "part": ("outwork.cli.part", "Parts: list, show, create, change and remove them."),
    "category": ("outwork.cli.category", "Categories of parts."),
    "related": ("outwork.cli.related", "Parts that people should see together."),
    "parameter-template": ("outwork.cli.parameter_template", "Properties with their units and choices."),
    "parameter": ("outwork.cli.parameter", "Properties of parts, companies, builds and orders."),
    "internal-price": ("outwork.cli.internal_price", "What parts are reckoned at among ourselves."),
    "test-template": ("outwork.cli.test_template", "Which tests units of a part go through."),
    "company": ("outwork.cli.company", "Suppliers, manufacturers and customers."),
    "contact": ("outwork.cli.contact", "People at companies."),
    "address": ("outwork.cli.address", "Sites of companies."),
    "supplier-part": ("outwork.cli.supplier_part", "What is sold to us, by whom, at which prices."),
    "manufacturer-part": ("outwork.cli.manufacturer_part", "What the makers of parts call them."),
    "location": ("outwork.cli.location", "Where stock lies, at us and at companies."),
    "location-type": ("outwork.cli.location_type", "Types of location."),
    "project-code": ("outwork.cli.project_code", "What builds and orders are booked to."),
    "rate": ("outwork.cli.rate", "Exchange rates."),
    "stock": ("outwork.cli.stock", "What lies where, what happened to it, and what is done to it by hand."),
    "serials": ("outwork.cli.serials", "Serial numbers: the next ones, those reserved, and giving them to units."),
    "ledger": ("outwork.cli.ledger", "Recount the ledger, and take back what was done."),
    "bom": ("outwork.cli.bom", "Bills of materials: import, show, compare, copy, validate; where a part is used."),
    "settings": ("outwork.cli.settings", "What the company decided: list, get and set."),
    "user": ("outwork.cli.user", "Users: who works here, and how they sign in."),
    "group": ("outwork.cli.group", "Groups of users, and what they may do."),
    "role": ("outwork.cli.role", "The areas in which something may be done, and who may do what."),
    "migrate": ("outwork.cli.migrate", "Bring the database up to date."),
    "createsuperuser": ("outwork.cli.createsuperuser", "Make a user who may do everything."),
    "build": ("outwork.cli.build", "Build orders: what is to be made, by us or by a manufacturer."),
    "order": ("outwork.cli.order", "Purchase orders: what was ordered from whom, what came, what is late."),
    "return": ("outwork.cli.supplier_return", "Returns: what goes back to be replaced, reworked or credited."),
    "test": ("outwork.cli.test", "Tests of units: record results, see what is missing."),
    "attachment": ("outwork.cli.attachments", "Files and links on parts, companies, documents and units."),
    "comment": ("outwork.cli.comments", "Comments on documents, parts and companies."),
    "tag": ("outwork.cli.tags", "Tags, by which people find things again."),
    "to-order": ("outwork.cli.to_order", "What is to be ordered for open builds, and draft orders of it."),
    "trace": ("outwork.cli.trace", "Which lots are in a serial number, and which units have a lot."),
}
REFUSED = 1
WRONG_USE = 2
FAULT = 70  # EX_SOFTWARE of sysexits.h


class WrongConfiguration(click.ClickException):
    """The environment says something that Outwork cannot work with."""

    exit_code = WRONG_USE


class Program(click.Group):
    """A group that loads a command when it is asked for, and turns a refusal into exit status 1."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        start_django()
        module = importlib.import_module(COMMANDS[name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Refusal as refusal:
            print_refusal(refusal, as_json=context.meta.get(JSON_ASKED, False))
            context.exit(REFUSED)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if hint := database_hint(error):
                raise click.ClickException(hint) from error
            print_fault(error, write_log(error), as_json=context.meta.get(JSON_ASKED, False))
            context.exit(FAULT)


def write_log(error: Exception) -> Path | None:
    """Keep where an unexpected error came from, in the data folder; None where nothing can be written there."""
    from django.conf import settings

    file: Path = settings.DATA_FOLDER / "errors.log"
    lines = traceback.format_exception(error)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC, {__version__}\n{''.join(lines)}\n")
    except OSError:
        return None
    return file


def database_hint(error: Exception) -> str | None:
    """Say what a user can do about an error of the database: it is away, or its tables are not there yet."""
    from django.conf import settings
    from django.db import DatabaseError

    if not isinstance(error, DatabaseError):
        return None
    from outwork.cli import database

    try:
        missing = database.missing_migrations()
    except DatabaseError:
        said = " ".join(str(error).split())
        return f"The database cannot be reached ({settings.DATABASE_ADDRESS}): {said}"
    return "The database is not ready for this version: run `outwork migrate`." if missing else None


def start_django() -> None:
    """Set Django up; say in one line what is wrong with the environment if that fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outwork.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise WrongConfiguration(str(error)) from error


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="outwork")
def main() -> None:
    """Outwork: what was sent to contract manufacturers, what came back, what it cost, which lot went where.

    \b
    Environment:
      OUTWORK_DATA   folder of database, attachments and secret key (default ~/.local/share/outwork)
      DATABASE_URL   a PostgreSQL database instead of SQLite: postgresql://user@host/name
      HOST, PORT     where to serve (default 127.0.0.1:8000)
      OUTWORK_HOSTS  further host names to answer to, separated by commas

    \b
    Exit status: 0 done, 1 refused (with all the reasons), 2 wrong use or configuration, 70 a fault of Outwork.
    """
