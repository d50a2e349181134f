"""What Outwork reads from its environment: the data folder, the secret key, the database and its host names."""

import os
import re
import secrets
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

Environment = Mapping[str, str]

LOCK_WAIT_SECONDS = 30
CONNECTION_SECONDS = 600
# A server behind a firewall that drops what it does not like would keep a command waiting for minutes.
ANSWER_SECONDS = 10
ENGINES = ("django.db.backends.postgresql", "django.db.backends.sqlite3")


def data_folder(environment: Environment) -> Path:
    """Say where the database, the attachments and the secret key are: OUTWORK_DATA, else the user's data folder."""
    if named := environment.get("OUTWORK_DATA"):
        return Path(named).expanduser().absolute()
    home = environment.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "outwork"


def secret_key(folder: Path) -> str:
    """Read the secret key in the folder; make it, readable by its owner only, if there is none."""
    file = folder / "secret.key"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder)  # mode 0600
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(64))
        # A link, for it fails when the name is taken: of two processes that start at once, one wins and both read it.
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return file.read_text()


def database(environment: Environment, folder: Path) -> dict[str, Any]:
    """Describe the database for Django: DATABASE_URL (PostgreSQL, also by socket), else a SQLite file in the folder."""
    url = environment.get("DATABASE_URL")
    if not url:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # prices and password hashes will lie here
        except OSError as error:
            raise ImproperlyConfigured(f"The data folder cannot be made (OUTWORK_DATA): {error}") from error
        return sqlite(folder / "outwork.sqlite3")
    try:
        found: dict[str, Any] = dict(
            dj_database_url.parse(url, conn_max_age=CONNECTION_SECONDS, conn_health_checks=True)
        )
    except ValueError:
        found = {"ENGINE": None}
    if found["ENGINE"] not in ENGINES:
        raise ImproperlyConfigured(
            "Outwork speaks postgresql:// only (postgresql://user@host/name), or keeps a file of its own where "
            f"DATABASE_URL is not set; DATABASE_URL is {without_password(url)}"
        )
    if found["ENGINE"].endswith("sqlite3"):
        return sqlite(found["NAME"])
    found.setdefault("OPTIONS", {}).setdefault("connect_timeout", ANSWER_SECONDS)
    return found


def database_address(environment: Environment, folder: Path) -> str:
    """Say where the database is, without its password: what a person needs who cannot reach it."""
    url = environment.get("DATABASE_URL")
    return f"DATABASE_URL is {without_password(url)}" if url else f"the file {folder / 'outwork.sqlite3'}"


def without_password(url: str) -> str:
    """The address of a database as it may be shown, even where it is none: what could be a password is stars."""
    shown = re.sub(r"^((?>(?:[^:/@]*:/{1,2})?)[^:/@]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(password=)[^&]*", r"\1***", shown, flags=re.IGNORECASE)


def sqlite(file: Path | str) -> dict[str, Any]:
    """Describe a SQLite database that many threads and processes can read while one writes.

    IMMEDIATE takes the write lock when a transaction begins: one that has read first and then wants to write would
    otherwise fail at once with "database is locked", whatever the timeout.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "OPTIONS": {
            "timeout": LOCK_WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000",
        },
    }


def allowed_hosts(environment: Environment) -> list[str]:
    """List the names under which Outwork answers: this machine's, HOST, and OUTWORK_HOSTS (separated by commas)."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    host = environment.get("HOST", "")
    if host in ("0.0.0.0", "::"):  # every interface, so under the machine's own names too
        names += [socket.gethostname(), socket.getfqdn()]
    elif host:
        names.append(f"[{host}]" if ":" in host else host)
    names += [name.strip() for name in environment.get("OUTWORK_HOSTS", "").split(",")]
    return list(dict.fromkeys(name for name in names if name))
