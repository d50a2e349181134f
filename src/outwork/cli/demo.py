"""Fill the demo company and serve it."""

import click

from outwork.cli import database
from outwork.cli.serve import address_options, serve


@click.command("demo")
@address_options
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Fill the demo company if there is nothing yet, and serve it."""
    database.make_ready()
    serve(host, port, workers, threads)
