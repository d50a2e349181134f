"""What Outwork reads from its environment."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from outwork.config import environment

SOCKET = "/var/run/postgresql"


def test_the_data_folder_is_named_or_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/bo")
    assert environment.data_folder({"OUTWORK_DATA": "/srv/outwork"}) == Path("/srv/outwork")
    assert environment.data_folder({"OUTWORK_DATA": "data"}) == Path.cwd() / "data"
    assert environment.data_folder({"XDG_DATA_HOME": "/x"}) == Path("/x/outwork")
    assert environment.data_folder({}) == Path("/home/bo/.local/share/outwork")


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = environment.secret_key(folder)
    assert len(key) > 60
    assert environment.secret_key(folder) == key
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_agree_on_the_secret_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(environment.secret_key, [tmp_path] * 8))
    assert len(keys) == 1


def test_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    found = environment.database({}, tmp_path / "data")
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == tmp_path / "data" / "outwork.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "ATOMIC_REQUESTS" not in found
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("postgresql://ada:secret@db.example:5433/outwork", "db.example", "outwork"),
        (f"postgresql://ada@{SOCKET.replace('/', '%2F')}/outwork", SOCKET, "outwork"),
        (f"postgresql:///outwork?host={SOCKET}", SOCKET, "outwork"),
    ],
)
def test_the_database_can_be_postgresql(tmp_path: Path, url: str, host: str, name: str) -> None:
    found = environment.database({"DATABASE_URL": url}, tmp_path)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"] or found["OPTIONS"]["host"], found["NAME"]) == (host, name)


def test_a_sqlite_url_gets_the_same_options(tmp_path: Path) -> None:
    found = environment.database({"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3"}, tmp_path)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["NAME"] == f"{tmp_path}/other.sqlite3"


def test_it_answers_to_this_machine_and_to_the_names_given() -> None:
    assert environment.allowed_hosts({}) == ["127.0.0.1", "localhost", "[::1]"]
    assert environment.allowed_hosts({"HOST": "127.0.0.1"}) == ["127.0.0.1", "localhost", "[::1]"]
    assert "outwork.example" in environment.allowed_hosts({"HOST": "outwork.example"})
    assert "[fd00::7]" in environment.allowed_hosts({"HOST": "fd00::7"})
    assert environment.allowed_hosts({"OUTWORK_HOSTS": "a.example, b.example"})[-2:] == ["a.example", "b.example"]
    assert "0.0.0.0" not in environment.allowed_hosts({"HOST": "0.0.0.0"})


@pytest.mark.parametrize("url", ["garbage", "mysql://a@b/c", "postgresql://ada@db:port/x", "oracle://a@b/c", "://"])
def test_another_kind_of_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"Outwork speaks postgresql:// only") as refused:
        environment.database({"DATABASE_URL": url}, tmp_path)
    assert str(refused.value).endswith(f"DATABASE_URL is {url}")


def test_a_server_that_says_nothing_is_not_waited_for_long(tmp_path: Path) -> None:
    url = "postgresql://ada@db.example/outwork"
    assert environment.database({"DATABASE_URL": url}, tmp_path)["OPTIONS"] == {"connect_timeout": 10}
    longer = environment.database({"DATABASE_URL": f"{url}?connect_timeout=60"}, tmp_path)
    assert int(longer["OPTIONS"]["connect_timeout"]) == 60


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada@db/outwork", "postgresql://ada@db/outwork"),
        ("postgresql://ada:s3cret@db:5432/outwork", "postgresql://ada:***@db:5432/outwork"),
        ("postgresql://ada:s3/c@r:et@db/outwork", "postgresql://ada:***@db/outwork"),
        ("postgresql://:s3cret@db/outwork", "postgresql://:***@db/outwork"),
        ("ada:s3cret@db/outwork", "ada:***@db/outwork"),
        ("mysql:/ada:s3cret@db", "mysql:/ada:***@db"),
        ("postgresql:///outwork?password=s3cret&host=db", "postgresql:///outwork?password=***&host=db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert environment.without_password(url) == shown
