"""Make a user who may do everything."""

import os
import sys

import click
from django.core.management import CommandError, call_command

from outwork.cli import database
from outwork.operations.people import make_owners

VARIABLES = {
    "username": "DJANGO_SUPERUSER_USERNAME",
    "email": "DJANGO_SUPERUSER_EMAIL",
    "password": "DJANGO_SUPERUSER_PASSWORD",
}


@click.command("createsuperuser")
@click.option("--username", envvar=VARIABLES["username"], help="Name to log in with.")
@click.option("--email", envvar=VARIABLES["email"], help="Mail address; may be left out with --noinput.")
@click.option("--noinput", "--no-input", is_flag=True, help="Ask nothing; the password is DJANGO_SUPERUSER_PASSWORD.")
def command(username: str | None, email: str | None, noinput: bool) -> None:
    """Make a user who may do everything; asks for what is not given."""
    if noinput and not username:
        raise click.UsageError(f"--noinput needs --username or {VARIABLES['username']}.")
    if noinput and not os.environ.get(VARIABLES["password"]):
        raise click.UsageError(f"--noinput needs {VARIABLES['password']}.")
    if not noinput and not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask in: use --noinput, with the name and the password in "
            f"{VARIABLES['username']} and {VARIABLES['password']}."
        )
    database.make_ready()
    given = {"username": username, "email": email or ("nobody@localhost" if noinput else None)}
    try:
        call_command("createsuperuser", interactive=not noinput, **{key: text for key, text in given.items() if text})
    except CommandError as error:
        raise click.ClickException(str(error).removeprefix("Error: ")) from error
    make_owners()
