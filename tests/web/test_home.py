"""The first page and the health check."""

from unittest.mock import patch

from django.db import OperationalError, connection
from django.test import Client

from outwork import __version__


def test_the_first_page_says_what_this_is(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<h1>Outwork</h1>" in text
    assert f"Version {__version__}" in text
    assert 'href="/health/"' in text


def test_the_health_check_asks_the_database_once(client: Client, statements) -> None:
    with statements() as count:
        answer = client.get("/health/")
    assert answer.json() == {"status": "ok", "database": connection.vendor, "version": __version__}
    assert count == 1


def test_the_health_check_says_when_the_database_is_away(client: Client) -> None:
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("away")):
        answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"


def test_every_answer_carries_the_policy(client: Client) -> None:
    for address in ("/", "/health/", "/nothing-here/", "/static/outwork/outwork.css"):
        answer = client.get(address)
        assert answer["Content-Security-Policy"].startswith("default-src 'self'"), address
        assert answer["X-Content-Type-Options"] == "nosniff", address


def test_reading_is_all_that_the_first_page_can_do(client: Client) -> None:
    assert client.post("/").status_code == 405
