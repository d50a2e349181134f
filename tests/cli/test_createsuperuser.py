"""Making the first user, with and without a person at the keyboard."""

from tests.installation import Installation

ADA = {"DJANGO_SUPERUSER_USERNAME": "ada", "DJANGO_SUPERUSER_PASSWORD": "reels-and-trays-7"}


def test_it_works_without_input_in_an_empty_folder(installation: Installation) -> None:
    result = installation.run("createsuperuser", "--noinput", **ADA)
    assert result.returncode == 0, result.stderr
    assert "created" in result.stdout


def test_a_second_user_of_the_same_name_is_refused(ready: Installation) -> None:
    ready.run("createsuperuser", "--noinput", **ADA)
    result = ready.run("createsuperuser", "--noinput", **ADA)
    assert result.returncode == 1
    assert "already taken" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_name_or_password_is_wrong_use(installation: Installation) -> None:
    assert installation.run("createsuperuser", "--noinput", DJANGO_SUPERUSER_PASSWORD="x").returncode == 2
    assert installation.run("createsuperuser", "--noinput", "--username", "ada").returncode == 2
    assert not (installation.data / "outwork.sqlite3").exists()


def test_without_a_terminal_it_says_what_to_use_instead(installation: Installation) -> None:
    result = installation.run("createsuperuser", stdin="\n")
    assert result.returncode == 2
    assert "manage.py" not in result.stdout + result.stderr
    assert result.stderr.splitlines()[-1] == (
        "Error: There is no terminal to ask in: use --noinput, with the name and the password in "
        "DJANGO_SUPERUSER_USERNAME and DJANGO_SUPERUSER_PASSWORD."
    )
    assert not (installation.data / "outwork.sqlite3").exists()
