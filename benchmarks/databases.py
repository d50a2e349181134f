"""A database to measure on, whose state can be kept and brought back, so that every run commits and starts alike."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg


class Database(Protocol):
    """The database of a story."""

    def keep(self) -> None:
        """Remember the state as it is now."""

    def restore(self) -> None:
        """Bring back the state that was kept."""


class SqliteFile:
    """A file in write-ahead mode, as Outwork has it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "outwork.sqlite3"
        self.copy = folder / "kept.sqlite3"

    def keep(self) -> None:
        """Copy the file; the last connection that closes writes everything into it."""
        _disconnect()
        shutil.copyfile(self.file, self.copy)

    def restore(self) -> None:
        """Put the copy in the place of the file."""
        _disconnect()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.copy, self.file)
        _warm_up()


class PostgresqlDatabase:
    """A database of its own on a server, and a second one as its copy."""

    def __init__(self, server: str, name: str) -> None:
        self.server, self.name, self.copy = server, name, f"{name}_kept"

    def keep(self) -> None:
        """Copy the database."""
        _disconnect()
        self._copy(self.name, self.copy)

    def restore(self) -> None:
        """Make the database anew from its copy."""
        _disconnect()
        self._copy(self.copy, self.name)
        _warm_up()

    def _copy(self, source: str, target: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)".encode())
            server.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY".encode())

    def drop(self) -> None:
        """Leave nothing on the server."""
        _disconnect()
        with psycopg.connect(self.server, autocommit=True) as server:
            for name in (self.name, self.copy):
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    """A migrated, empty database: on the server in DATABASE_URL, else a SQLite file in the folder; starts Django."""
    server = os.environ.get("DATABASE_URL")
    os.environ["OUTWORK_DATA"] = str(folder)
    if server is None:
        _start_django()
        yield SqliteFile(folder)
        _disconnect()
        return
    made = PostgresqlDatabase(server, f"outwork_bench_{secrets.token_hex(4)}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {made.name}".encode())
    try:
        os.environ["DATABASE_URL"] = _url_of(server, made.name)
        _start_django()
        yield made
    finally:
        made.drop()


def _url_of(server: str, name: str) -> str:
    address, mark, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def _start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "outwork.config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _warm_up() -> None:
    """Read every table once, as a server that has been running for a while has done."""
    from django.apps import apps

    for model in apps.get_app_config("outwork").get_models():
        model._default_manager.count()
