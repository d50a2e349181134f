"""Serve the pages and the API."""

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
            click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port; also PORT."),
            click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes."),
            click.option("--threads", default=8, show_default=True, type=click.IntRange(1), help="Requests at once in each process."),
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
    import os

    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()  # the workers open their own
    os.environ["HOST"] = host  # the workers answer to this name too
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Outwork answers at http://{shown}:{port}/ (Ctrl-C stops it)")
    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
