"""The state of the database: empty, behind this version, or ready."""

import click
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def migrate(verbosity: int = 1) -> None:
    """Bring the database up to date."""
    call_command("migrate", interactive=False, verbosity=verbosity)


def make_ready() -> None:
    """Make the tables of a new database; refuse to go on with an old one, which wants a backup first."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be reached: {error}".strip()) from error
    if not missing:
        return
    if executor.loader.applied_migrations:
        raise click.ClickException(
            f"The database is {len(missing)} migrations behind this version: back it up, then run `outwork migrate`."
        )
    click.echo("Making the database ...", err=True)
    migrate(verbosity=0)
