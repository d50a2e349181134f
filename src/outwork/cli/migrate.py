"""Bring the database up to date."""

import click

from outwork.cli import database


@click.command("migrate")
def command() -> None:
    """Bring the database up to date; running it again changes nothing."""
    database.migrate()
