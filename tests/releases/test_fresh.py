"""A new database takes one migration that makes each table in one step: the same schema as the way of the releases."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import psycopg
import pytest

from tests.installation import Installation
from tests.releases import old

COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.contype, pg_get_constraintdef(c.oid) FROM pg_constraint c
    JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'public' AND c.conrelid <> 0
"""
Schema = dict[str, set[tuple[Any, ...]]]


@pytest.fixture
def stepped(tmp_path, django_db_modify_db_settings):
    """An installation whose tables were made release by release."""
    with Installation.made(tmp_path / "stepped") as made:
        old.step_by_step(made)
        yield made


def test_it_works(ready: Installation, stepped: Installation) -> None:
    fresh, by_steps = schema_of(ready), schema_of(stepped)
    assert {what: len(rows) > 50 for what, rows in fresh.items()} == dict.fromkeys(fresh, True)
    for what, rows in fresh.items():
        assert (what, rows - by_steps[what], by_steps[what] - rows) == (what, set(), set())


def schema_of(installation: Installation) -> Schema:
    """Columns, indexes and constraints, without the names that Django makes up."""
    if url := installation.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as server:
            indexes = server.execute(INDEXES).fetchall()
            return {
                "columns": set(server.execute(COLUMNS).fetchall()),
                "indexes": {(table, without_made_up_name(text)) for table, text in indexes},
                "constraints": set(server.execute(CONSTRAINTS).fetchall()),
            }
    source = sqlite3.connect(installation.data / "outwork.sqlite3")
    try:
        return _schema_of_sqlite(source)
    finally:
        source.close()


def without_made_up_name(text: str) -> str:
    """The definition of an index; one that Django names after table, column and a hash is any of that table."""
    return re.sub(r"INDEX \S+_[0-9a-f]{8}(?:_\w+)? ON|INDEX \S+_(?:key|pkey|uniq) ON", "INDEX ON", text)


def _schema_of_sqlite(source: sqlite3.Connection) -> Schema:
    found: Schema = {"columns": set(), "indexes": set(), "constraints": set()}
    tables = source.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for table, sql in tables:
        for _, name, kind, needed, default, key in source.execute(f'PRAGMA table_info("{table}")').fetchall():
            found["columns"].add((table, name, kind, needed, default, key))
        for row in source.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
            found["constraints"].add((table, "foreign key", *row[2:]))
        for text in checks_in(sql):
            found["constraints"].add((table, "check", text))
        for _, name, is_unique, origin, is_partial in source.execute(f'PRAGMA index_list("{table}")').fetchall():
            columns = tuple(row[2] for row in source.execute(f'PRAGMA index_info("{name}")'))
            (made,) = source.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()
            condition = made.partition(" WHERE ")[2] if made and is_partial else ""
            is_named = not name.startswith("sqlite_") and not re.search(r"_[0-9a-f]{8}(_\w+)?$", name)
            found["indexes"].add((table, columns, is_unique, origin, condition, name if is_named else ""))
    return found


def checks_in(sql: str) -> list[str]:
    """The CHECK clauses of a CREATE TABLE, with their names, blanks and quotes aside."""
    found = []
    for match in re.finditer(r'(?:CONSTRAINT "(\w+)" )?CHECK \(', sql):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        body = re.sub(r'\s+|"', "", sql[match.end() : end - 1])
        found.append(f"{match[1] or ''}: {body}")
    return found


def test_the_search_finds_what_it_should() -> None:
    sql = 'CREATE TABLE "a" ("b" integer CHECK ("b" >= 0), CONSTRAINT "is_so" CHECK (("b" IN (1, 2) OR "c" IS NULL)))'
    assert checks_in(sql) == [": b>=0", "is_so: (bIN(1,2)ORcISNULL)"]
    index = "CREATE INDEX outwork_event_actor_id_1a2b3c4d ON public.outwork_event USING btree (actor_id)"
    assert without_made_up_name(index) == "CREATE INDEX ON public.outwork_event USING btree (actor_id)"
