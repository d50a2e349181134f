"""The state of the database: empty, behind this version, or ready."""

import click
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def migrate(verbosity: int = 1) -> None:
    """Bring the database up to date."""
    call_command("migrate", interactive=False, verbosity=verbosity)


def missing_migrations() -> int:
    """Count the migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def make_ready() -> None:
    """Make the tables of a new database; refuse to go on with an old one, which wants a backup first."""
    missing = missing_migrations()
    if not missing:
        return
    if MigrationRecorder(connection).has_table():
        raise click.ClickException(
            f"The database is {missing} migrations behind this version: back it up, then run `outwork migrate`."
        )
    click.echo("Making the database ...", err=True)
    migrate(verbosity=0)
