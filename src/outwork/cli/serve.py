"""Serve the pages and the API."""

import importlib
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import click

from outwork.cli import database

APPLICATION = "outwork.config.wsgi:application"


def address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --host, --port, --workers and --threads."""
    for option in reversed(
        [
            click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Address; also HOST."),
            click.option(
                "--port",
                envvar="PORT",
                default=8000,
                show_default=True,
                type=click.IntRange(1, 65535),
                help="Port; also PORT.",
            ),
            click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes."),
            click.option(
                "--threads",
                default=8,
                show_default=True,
                type=click.IntRange(1),
                help="Requests at once in each process.",
            ),
        ]
    ):
        command = option(command)
    return command


@click.command("serve")
@address_options
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages and the API until Ctrl-C; makes the database if there is none yet."""
    database.make_ready()
    serve(host, port, workers, threads)


def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Run the web server in the foreground; requests under way are finished when it is told to stop."""
    # Imported here for `outwork demo --help` and for tests, which need no server.
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    address = free_address(host, port)
    connections.close_all()  # the workers open their own
    os.environ["HOST"] = host  # the workers answer to this name too
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Outwork answers at http://{shown}:{port}/ (Ctrl-C stops it)")
    Granian(
        APPLICATION,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.error,
        websockets=False,
    ).serve(target_loader=load)


def load(target: str) -> Any:
    """Load the application in a worker.

    A worker is stopped by the first process. Ctrl-C in a terminal reaches it as well, and when both signals came at
    almost the same moment it hung (one time in thirty); so it does not listen to Ctrl-C.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def free_address(host: str, port: int) -> str:
    """Look the host up; say in one line if the address cannot be had, for the web server would print a stack trace."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(f"Cannot serve at {host} port {port}: {error.strerror or error}") from error
    return str(address[0])
