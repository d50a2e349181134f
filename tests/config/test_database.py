"""The databases as the tests and the program use them."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction


@pytest.mark.django_db
def test_sqlite_is_a_file_with_a_write_ahead_log() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    assert found == ["wal", 1, 1]
    assert "test.sqlite3" in str(connection.settings_dict["NAME"])


@pytest.mark.django_db(transaction=True)
def test_writers_that_read_first_wait_for_each_other(at_once) -> None:
    users = get_user_model().objects
    users.create(username="ada", last_name="0")

    def raise_by_one() -> None:
        with transaction.atomic():
            ada = users.select_for_update().get(username="ada")
            ada.last_name = str(int(ada.last_name) + 1)
            ada.save()

    assert at_once(*[raise_by_one] * 8) == [None] * 8
    assert users.get(username="ada").last_name == "8"
    assert threading.active_count() < 8


@pytest.mark.django_db(transaction=True)
def test_at_once_gives_what_was_raised(at_once) -> None:
    def fail() -> None:
        raise ValueError("no")

    done, failed = at_once(lambda: 7, fail)
    assert done == 7
    assert isinstance(failed, ValueError)


@pytest.mark.django_db
def test_statements_are_counted_without_transaction_control(statements) -> None:
    users = get_user_model().objects
    with statements() as count, transaction.atomic(), transaction.atomic():
        users.bulk_create([get_user_model()(username="ada"), get_user_model()(username="bo")])
        assert users.filter(username="ada").update(last_name="x") == 1
        assert list(users.values_list("username", flat=True).order_by("username")) == ["ada", "bo"]
    assert count == 3
    assert "SELECT" in repr(count)
    assert count != 2
