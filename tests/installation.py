"""A real installation of Outwork in a temporary folder: the program in processes of its own, as a user has it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

PROGRAM = Path(sys.executable).with_name("outwork")
START_SECONDS = 60


@dataclass
class Installation:
    """A data folder and a database of their own."""

    data: Path
    environment: dict[str, str]

    @classmethod
    @contextmanager
    def made(cls, data: Path, template: "Installation | None" = None) -> Iterator["Installation"]:
        """Make an installation on the database engine of this test run, and remove it afterwards.

        It is empty, or a copy of the template, in which nothing may run meanwhile.
        """
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        environment = {**kept, "HOME": str(data.parent), "OUTWORK_DATA": str(data)}
        if template and template.data.exists():
            shutil.copytree(template.data, data)
        if connection.vendor == "sqlite":
            yield cls(data, environment)
            return
        user = str(connection.settings_dict["USER"])
        name = f"installation_{secrets.token_hex(6)}"
        copied = template.environment["DATABASE_URL"].rpartition("/")[2] if template else "template1"
        with psycopg.connect(url(user, "postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {copied}".encode())
            try:
                yield cls(data, {**environment, "DATABASE_URL": url(user, name)})
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `outwork ARGUMENTS` to its end, with further environment variables if given."""
        return subprocess.run(
            [PROGRAM, *arguments],
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start `outwork ARGUMENTS` and leave it running, in a process group of its own; the test ends it."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @contextmanager
    def serve(self, command: str = "serve", **variables: str) -> Iterator[str]:
        """Serve on a free port for as long as this lasts; gives the address, as http://127.0.0.1:PORT."""
        port = free_port()
        process = self.start(command, PORT=str(port), **variables)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/health/", process)
            yield address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            try:
                process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def url(user: str, database: str) -> str:
    """Write the URL of another database on the server of this test run."""
    settings = connection.settings_dict
    host = settings["HOST"] or settings["OPTIONS"].get("host", "")
    secret = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{quote(user, safe='')}{secret}@{quote(host, safe='')}{port}/{database}"


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until the address answers; show what the program printed if it never does."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    raise AssertionError(f"{address} never answered; the program printed:\n{output}")
