"""What every test may use: a database per worker, a count of SQL statements, real threads, real installations."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.installation import Installation
from tests.races import at_once as run_at_once
from tests.shop import Shop
from tests.statements import counting

# Rules and house tests need no database and get none.
WITH_DATABASE = {"api", "ledger", "models", "operations", "queries", "scenarios", "web", "worker"}
TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the database to the tests of all layers above the rules, without a mark on each."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in WITH_DATABASE and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Test on a SQLite file per worker, for in memory there is neither WAL nor a second connection."""
    test_settings = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        test_settings["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        test_settings["NAME"] = f"test_outwork_{worker_id}"


@pytest.fixture
def shop(db: None) -> Shop:
    """The cast, quick master data and stock in the test's own notation."""
    return Shop()


@pytest.fixture
def statements() -> Callable[[], Any]:
    """Count SQL statements: `with statements() as count: ...; assert count == 12`; a failure lists them."""

    def count() -> Any:
        return counting(connection)

    return count


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run callables at the same moment, each in a thread with a connection of its own.

    Needs `@pytest.mark.django_db(transaction=True)`. Gives what each returned, or the exception that it raised.
    """
    return run_at_once


@pytest.fixture
def installation(tmp_path: Path, django_db_modify_db_settings: None) -> Iterator[Installation]:
    """A new, empty installation with a data folder and a database of its own, used through the real program."""
    with Installation.made(tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="session")
def migrated_template(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings: None
) -> Iterator[Installation]:
    """An installation that is migrated once and copied by the tests."""
    with Installation.made(tmp_path_factory.mktemp("template") / "data") as made:
        result = made.run("migrate")
        assert result.returncode == 0, result.stderr
        yield made


@pytest.fixture
def ready(tmp_path: Path, migrated_template: Installation) -> Iterator[Installation]:
    """A new installation whose tables are there already."""
    with Installation.made(tmp_path / "data", template=migrated_template) as made:
        yield made
