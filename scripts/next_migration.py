"""Write the migration of the coming release from the models, and the one that a new database takes instead.

What a release brought is never changed. Until the next one there is a single migration ahead of it, which this script
makes anew; run it after every change of a model. A new database takes FRESH, which replaces all of them: Django's own
steps would add each constraint by itself, and SQLite makes the table anew for each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outwork.config.settings")
os.environ.setdefault("OUTWORK_DATA", tempfile.mkdtemp(prefix="outwork-migration-"))

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import models  # noqa: E402
from django.db.migrations import CreateModel, Migration, RunPython  # noqa: E402
from django.db.migrations.operations.base import Operation  # noqa: E402
from django.db.migrations.state import ModelState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402

FOLDER = Path(__file__).parent.parent / "src" / "outwork" / "migrations"
RELEASED = ["0001_initial", "0002_sqlite_counts_every_table"]
NEXT = "0003_the_whole_domain"
FRESH = "0001_fresh_to_0003"


def in_order() -> list[type[models.Model]]:
    """The models, each after those that it refers to; refuses a circle."""
    waiting = list(apps.get_app_config("outwork").get_models())
    done: list[type[models.Model]] = []
    while waiting:
        ready = [
            model
            for model in waiting
            if all(
                field.related_model in (model, *done) or field.related_model._meta.app_label != "outwork"
                for field in model._meta.local_fields + model._meta.local_many_to_many
                if isinstance(field, (models.ForeignKey, models.ManyToManyField))
            )
        ]
        if not ready:
            sys.exit(f"these models refer to one another: {', '.join(model.__name__ for model in waiting)}")
        done += ready
        waiting = [model for model in waiting if model not in ready]
    return done


def write_next() -> None:
    """From the last release to the models, step by step, as Django finds it."""
    for name in (FRESH, NEXT):
        (FOLDER / f"{name}.py").unlink(missing_ok=True)
    call_command("makemigrations", "outwork", name=NEXT.partition("_")[2], include_header=False, verbosity=0)
    written = FOLDER / f"{NEXT}.py"
    text = written.read_text(encoding="utf-8").rstrip().removesuffix("]")
    steps = ("_counting.count_every_table", "keep_rights")
    text += "".join(f"    migrations.RunPython({step}, migrations.RunPython.noop),\n" for step in steps) + "    ]\n"
    text = f"from outwork.migrations._people_of_0_1 import keep_rights\n{_with_counting(text)}"
    written.write_text(text, encoding="utf-8")


def write_fresh() -> None:
    """Every table in one step, in the order of their references; then what 0002 does."""
    operations: list[Operation] = []
    for model in in_order():
        state = ModelState.from_model(model)
        operations.append(
            CreateModel(
                name=state.name,
                fields=list(state.fields.items()),
                options=state.options,
                bases=state.bases,
                managers=state.managers,
            )
        )
    counting = import_module(f"outwork.migrations.{RELEASED[1]}")
    operations.append(RunPython(counting.count_every_table, RunPython.noop))
    migration = type(
        "Migration",
        (Migration,),
        {
            "replaces": [("outwork", name) for name in [*RELEASED, NEXT]],
            "initial": True,
            "dependencies": [("auth", "0012_alter_user_first_name_max_length")],
            "operations": operations,
        },
    )(FRESH, "outwork")
    text = MigrationWriter(migration, include_header=False).as_string()
    # A module whose name begins with a digit is no import statement.
    text = text.replace(f"import outwork.migrations.{RELEASED[1]}\n", "")
    text = text.replace(f"outwork.migrations.{RELEASED[1]}.count_every_table", "_counting.count_every_table")
    text = re.sub(r"\n# Functions from the following.*?(?=\n\n\n?class)", "", text, flags=re.DOTALL)
    (FOLDER / f"{FRESH}.py").write_text(_with_counting(text), encoding="utf-8")


def _with_counting(text: str) -> str:
    """The migration with the function of 0002 that counts every table."""
    line = f'_counting = import_module("outwork.migrations.{RELEASED[1]}")'
    text = text.replace("\n\nclass Migration", f"\n{line}\n\n\nclass Migration", 1)
    return f"from importlib import import_module\n\n{text}"


if __name__ == "__main__":
    write_next()
    write_fresh()
    for command in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([Path(sys.executable).with_name("ruff"), *command, FOLDER], check=True)
