"""The commands that all nouns of the master data have: list, show, create, change and remove, made from their fields."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from django.db.models import BooleanField, ForeignKey, Model

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.field_options import fields_of, flag_of, row_named, values_given, with_fields
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.models import Event
from outwork.operations import master_data
from outwork.operations.recording import Done
from outwork.queries import listing
from outwork.rules.refusals import Reasons, Refusal

LIMIT = 100
More = Mapping[str, Any]


def _nothing_more(rows: Sequence[Any]) -> Mapping[int, More]:
    return {}


@dataclass(frozen=True, slots=True)
class Spoken:
    """How people speak of one noun: what they call a row, its fields in words, its columns in a list, its page.

    `arguments`: the fields that `create` takes by their place. `more`: what a list says of each row beside its
    fields, by id. `facts`: what the page says below them, as lines; `data`: the same for `--json`. `extras` are
    options beyond the fields, read into the row by `read_extras`; `save` makes or changes such rows. `hidden`: fields
    that have no option, because extras say them. `defaults`: what a new row has, in words, where settings say it.
    """

    model: type[Model]
    calling: str
    headers: tuple[str, ...]
    cells: Callable[[Any, More], Sequence[Any]]
    arguments: tuple[str, ...] = ("name",)
    helps: Mapping[str, str] | None = None
    more: Callable[[Sequence[Any]], Mapping[int, More]] = _nothing_more
    facts: Callable[[Any], Iterable[str]] = lambda row: ()
    data: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    extras: tuple[Callable[[Any], Any], ...] = ()
    read_extras: Callable[[dict[str, Any]], dict[str, Any]] = lambda given: {}
    save: Callable[..., Done] | None = None
    hidden: tuple[str, ...] = ()
    defaults: Mapping[str, str] | None = None

    @property
    def word(self) -> str:
        """The noun: supplier part."""
        return master_data.NOUNS[self.model].word

    @property
    def metavar(self) -> str:
        """The noun as an argument: SUPPLIER_PART."""
        return self.word.upper().replace(" ", "_")

    def named(self, name: str, **where: Any) -> Any:
        """The row that people call so."""
        return row_named(self.model, name, **{"where": (self.word.replace(" ", "_"),), **where})


def group(spoken: Spoken, name: str, help_text: str) -> click.Group:
    """All commands of one noun."""
    made = click.Group(name, help=f"{help_text}\n\n{spoken.calling}")
    for command in (list_command, show_command, create_command, change_command, remove_command):
        made.add_command(command(spoken))
    return made


def list_command(spoken: Spoken) -> click.Command:
    """`list`: a page of the rows in which all words of a search stand."""

    @click.command("list", help=f"List the {_plural(spoken)}, a page at a time.")
    @click.option("--search", "text", default="", metavar="WORDS", help="Only those in which all these words stand.")
    @click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 100_000), help="So many at most.")
    @click.option("--page", "number", default=1, type=click.IntRange(1, 1_000_000), help="The next ones are page 2.")
    @reading
    def list_(text: str, limit: int, number: int, as_json: bool) -> None:
        page = listing.listed(spoken.model, text=text, limit=limit, number=number)
        more = spoken.more(page.rows)
        if as_json:
            print_json([{**as_data(spoken.model, row), **more.get(row.pk, {})} for row in page.rows])
            return
        cells = [spoken.cells(row, more.get(row.pk, {})) for row in page.rows]
        for line in table(spoken.headers, cells) or [f"There are no such {_plural(spoken)}."]:
            click.echo(line)
        if page.rows and page.total > number * limit:
            click.echo(f"{number * limit} of {page.total}; the next: --page {number + 1}")

    return list_


def show_command(spoken: Spoken) -> click.Command:
    """`show`: the fields of a row, and what hangs on it."""

    @click.command("show", help=f"Show a {spoken.word} and what hangs on it.")
    @click.argument("name", metavar=spoken.metavar)
    @reading
    def show(name: str, as_json: bool) -> None:
        row = listing.one(spoken.model, spoken.named(name).pk)
        if as_json:
            print_json({**as_data(spoken.model, row), **spoken.data(row)})
            return
        click.echo(str(row))
        for line in field_lines(spoken.model, row):
            click.echo(line)
        for line in spoken.facts(row):
            click.echo(line)

    return show


def create_command(spoken: Spoken) -> click.Command:
    """`create`: a new row of what the options say."""

    @doing
    def create(asked: Asked, **given: Any) -> Answer:
        extra = spoken.read_extras(given)
        row = {**values_given(spoken.model, given), **extra}
        if spoken.save is not None:
            done = spoken.save(rows=[row], **asked)
        else:
            done = master_data.create(model=spoken.model, rows=[row], **asked)
        made = listing.one(spoken.model, done.ids[0])
        return Answer(done, f"Created {spoken.word} {made}.", {"id": made.pk, "name": str(made)})

    fields = with_fields(
        spoken.model,
        spoken.helps or {},
        arguments=spoken.arguments,
        hidden=spoken.hidden,
        defaults=spoken.defaults,
        is_new=True,
    )
    command = fields(create)
    for extra in spoken.extras:
        command = extra(command)
    return click.command("create", help=f"Create a {spoken.word}.")(command)


def change_command(spoken: Spoken) -> click.Command:
    """`change`: the fields named become what is said, all others stay."""

    @doing
    def change(asked: Asked, row_name: str, **given: Any) -> Answer:
        row = spoken.named(row_name)
        extra = spoken.read_extras(given)
        values = {**values_given(spoken.model, given), **extra}
        if not values:
            raise click.UsageError("Name at least one field.")
        if spoken.save is not None:
            done = spoken.save(rows=[{"id": row.pk, **values}], **asked)
        else:
            done = master_data.change(model=spoken.model, rows=[{"id": row.pk, **values}], **asked)
        return Answer(
            done,
            f"{row!s}: {_what_changed(spoken, done) or 'it is like that already, nothing changed'}.",
            {"id": row.pk},
        )

    command = with_fields(spoken.model, spoken.helps or {}, hidden=spoken.hidden, is_new=False)(change)
    for extra in spoken.extras:
        command = extra(command)
    command = click.argument("row_name", metavar=spoken.metavar)(command)
    text = f'Change a {spoken.word}. Fields that are not named stay; an empty text ("") takes a value away.'
    return click.command("change", help=text)(command)


def remove_command(spoken: Spoken) -> click.Command:
    """`remove`: rows that nothing refers to, all or none of them."""

    @click.command("remove", help=f"Remove {_plural(spoken)} that nothing refers to, all of those named or none.")
    @click.argument("names", nargs=-1, required=True, metavar=f"{spoken.metavar}...")
    @doing
    def remove(asked: Asked, names: tuple[str, ...]) -> Answer:
        rows, reasons = [], Reasons()
        for index, name in enumerate(names):
            try:
                rows.append(spoken.named(name, where=(index,)))
            except Refusal as refusal:
                reasons.found += refusal.reasons
        reasons.raise_any()
        done = master_data.remove(model=spoken.model, ids=[row.pk for row in rows], **asked)
        return Answer(done, [f"Removed {spoken.word} {row}." for row in rows])

    return remove


def as_data(model: type[Model], row: Any) -> dict[str, Any]:
    """A row as `--json` prints it: every field, also what follows from others; what it refers to by name, and by id."""
    data: dict[str, Any] = {"id": row.pk}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if isinstance(field, ForeignKey):
            other = getattr(row, field.name)
            data[field.name], data[field.attname] = (None if other is None else str(other)), getattr(row, field.attname)
        else:
            data[field.name] = getattr(row, field.name)
    return data


def field_lines(model: type[Model], row: Any) -> Iterator[str]:
    """The fields of a row, one to a line, and its flags on one; what is empty is left out."""
    facts = []
    for field in fields_of(model):
        value = getattr(row, field.name)
        if not isinstance(field, BooleanField) and value not in (None, "", 0, []):
            facts.append((field.name.replace("_", " "), value))
    flags = [field for field in fields_of(model) if isinstance(field, BooleanField)]
    facts.append(("is", ", ".join(flag_of(field) for field in flags if getattr(row, field.name)) or None))
    width = max(len(name) for name, _ in facts) + 2
    for name, value in facts:
        if value is not None:
            yield f"  {(name + ':').ljust(width)}{_text(value)}"


def section(title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], *, limit: int = 20) -> Iterator[str]:
    """A part of a page: a table below its title, cut where it gets long; nothing if there is nothing."""
    if rows:
        yield ""
        yield f"{title}:"
        yield from table(headers, rows[:limit], indent="  ")
        if len(rows) > limit:
            yield f"  ... and {len(rows) - limit} more (--json has all of them)"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, datetime.date) else shown(value)


def _what_changed(spoken: Spoken, done: Done) -> str:
    """The fields that became another, as the event kept them, without those that follow from others; one statement."""
    data = Event.objects.values_list("data", flat=True).get(pk=done.event_id)
    changed = {name for row in data.get("rows", ()) for name in row}
    names = {flag_of(field) for field in fields_of(spoken.model) if field.attname in changed}
    names |= {"prices"} if data.get("prices") else set()
    return f"changed {', '.join(sorted(names))}" if names else ""


def _plural(spoken: Spoken) -> str:
    word = spoken.word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
