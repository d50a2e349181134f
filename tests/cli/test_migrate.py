"""Bringing a database up to date."""

import subprocess
import sys

import pytest

from tests.installation import Installation


def test_it_works_and_does_nothing_the_second_time(installation: Installation) -> None:
    first, second = installation.run("migrate"), installation.run("migrate")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Applying outwork.0001" in first.stdout
    assert "No migrations to apply" in second.stdout


def test_a_database_that_is_behind_is_not_served(ready: Installation) -> None:
    django = [sys.executable, "-m", "django", "migrate", "sessions", "zero", "--settings=outwork.config.settings"]
    subprocess.run(django, env=ready.environment, check=True, capture_output=True)
    result = ready.run("serve")
    assert result.returncode == 1
    assert "run `outwork migrate`" in result.stderr


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(installation: Installation) -> None:
    file = installation.data.parent / "file"
    file.write_text("")
    result = installation.run("migrate", OUTWORK_DATA=str(file / "data"), DATABASE_URL="")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: The data folder cannot be made (OUTWORK_DATA)")


def test_a_database_that_is_away_is_said_in_one_line(installation: Installation) -> None:
    result = installation.run("migrate", DATABASE_URL="postgresql://ada:s3cret@127.0.0.1:1/outwork")
    assert result.returncode == 1
    assert result.stderr.startswith(
        "Error: The database cannot be reached (DATABASE_URL is postgresql://ada:***@127.0.0.1:1/outwork): "
    )
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


@pytest.mark.parametrize("url", ["garbage", "mysql://ada:s3cret@b/c"])
def test_a_database_of_another_kind_is_wrong_configuration(installation: Installation, url: str) -> None:
    result = installation.run("part", "list", DATABASE_URL=url)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: Outwork speaks postgresql:// only")
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


def test_a_file_that_cannot_be_opened_is_named(installation: Installation) -> None:
    installation.data.mkdir()
    file = installation.data / "outwork.sqlite3"
    file.mkdir()
    result = installation.run("part", "list", DATABASE_URL="")
    assert result.returncode == 1
    assert result.stderr == (f"Error: The database cannot be reached (the file {file}): unable to open database file\n")
