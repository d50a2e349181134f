"""A program: make the tables as the releases did, one after the other, and not by the migration that replaces them."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outwork.config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402


def step_by_step(last: str | None) -> None:
    """Migrate to this migration of ours, or to the last one."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    leaves = executor.loader.graph.leaf_nodes()
    ours = [node for node in leaves if node[0] == "outwork" and "fresh" not in node[1]]
    others = [node for node in leaves if node[0] != "outwork"]
    executor.migrate([*others, *([("outwork", last)] if last else ours)])


if __name__ == "__main__":
    step_by_step(sys.argv[1] if sys.argv[1:] else None)
