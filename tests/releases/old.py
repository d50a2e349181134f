"""The database of an old release, put into an installation of this run's engine as that release left it."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from tests.installation import Installation

FOLDER = Path(__file__).parent
# What the tables of each release were made by.
LAST_MIGRATION = {"0.1.0": "0002_sqlite_counts_every_table"}


def put(release: str, installation: Installation) -> None:
    """Make the installation one of the release, with the demo company that the release itself made."""
    installation.data.mkdir(exist_ok=True)
    is_sqlite = "DATABASE_URL" not in installation.environment
    file = installation.data / ("outwork.sqlite3" if is_sqlite else "as-it-was.sqlite3")
    with sqlite3.connect(file) as source:
        source.executescript(gzip.decompress((FOLDER / f"{release}.sql.gz").read_bytes()).decode())
        if not is_sqlite:
            step_by_step(installation, LAST_MIGRATION[release])
            _copy(source, installation.environment["DATABASE_URL"])
    source.close()


def step_by_step(installation: Installation, last: str = "") -> None:
    """Make the tables as the releases did, up to this migration or to the end, in a process of its own."""
    installation.data.mkdir(exist_ok=True)
    program = [sys.executable, "-m", "tests.releases.stepping", *filter(None, [last])]
    subprocess.run(program, env=installation.environment, cwd=FOLDER.parents[1], check=True, capture_output=True)


def rows_of(installation: Installation, sql: str) -> list[tuple[Any, ...]]:
    """What a query finds in the installation's database."""
    if url := installation.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as server:
            return server.execute(sql.encode()).fetchall()
    source = sqlite3.connect(installation.data / "outwork.sqlite3")
    try:
        return source.execute(sql).fetchall()
    finally:
        source.close()


def _copy(source: sqlite3.Connection, url: str) -> None:
    """Every row from SQLite to PostgreSQL; foreign keys are checked at the end of the one transaction."""
    listed = source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    with psycopg.connect(url) as server:
        server.execute("SET TIME ZONE 'UTC'")
        for (table,) in listed.fetchall():
            if table != "django_migrations":
                _copy_table(source, server, table)


def _copy_table(source: sqlite3.Connection, server: psycopg.Connection[Any], table: str) -> None:
    cursor = source.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    types = dict(
        server.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
        ).fetchall()
    )
    truths = [position for position, name in enumerate(names) if types[name] == "boolean"]
    columns = ", ".join(f'"{name}"' for name in names)
    with server.cursor() as target, target.copy(f'COPY "{table}" ({columns}) FROM STDIN'.encode()) as copied:
        for row in cursor:
            cells = list(row)
            for position in truths:
                cells[position] = None if cells[position] is None else bool(cells[position])
            copied.write_row(cells)
    if "id" in names and types["id"] in ("bigint", "integer"):
        server.execute(
            f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT max(id) FROM "{table}"))
                WHERE EXISTS (SELECT FROM "{table}")""".encode()
        )
