"""Who works here: users, their groups, and what each group may do in which area."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from outwork.models import Owner, Role, User
from outwork.operations.master_data.references import counted_references
from outwork.operations.master_data.writing import lock_master_data
from outwork.operations.permitting import may_everything, rights_in
from outwork.operations.recording import Done, operation, record
from outwork.operations.system_account import NAME
from outwork.operations.text_limits import check_texts
from outwork.rules import roles as rules
from outwork.rules.refusals import Reasons, declare, declare_forbidden
from outwork.rules.roles import AREAS, Verb
from outwork.rules.secrets import Secret

declare(
    username_invalid="{username} cannot be a name to sign in with: letters, digits and @ . + - _ only",
    username_used="There is a user {username} already",
    group_name_missing="A group needs a name",
    group_name_used="There is a group {group} already",
    group_in_use="{group} cannot be removed: it is named by {references}; change those first",
    password_weak="{problem}",
    password_wrong="The present password is not the one given",
    last_superuser="{user} is the only one left who may do everything",
    system_account_fixed="{user} is the account of the program itself and stays as it is",
    mail_address_invalid="{email} is not a mail address",
)
declare_forbidden(superuser_only="Only who may do everything gives that to others, or changes who has it")

_FIELDS = ("username", "first_name", "last_name", "email", "is_active", "is_superuser")


@operation
def create_user(
    *,
    username: str,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    password: Secret | None = None,
    groups: Sequence[Group] = (),
    is_superuser: bool = False,
    actor: User,
    at: datetime.datetime,
    key: str | None = None,
) -> Done:
    """Make a user with groups; without a password nobody can sign in as that user. `ids` holds the id.

    Refuses username_invalid, username_used (in any case), long texts, mail_address_invalid, password_weak and
    superuser_only.
    """
    lock_master_data()
    reasons = Reasons()
    user = User(
        username=username.strip(),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip(),
        is_superuser=is_superuser,
        is_staff=is_superuser,
    )
    _check_facts(user, reasons)
    if is_superuser and not may_everything(actor):
        reasons.add("superuser_only", where=("is_superuser",))
    if password is not None:
        _check_password(password, user, reasons)
    reasons.raise_any()
    user.password = make_password(None if password is None else password.text)
    user.save(force_insert=True)
    user.groups.set(groups)
    Owner.objects.create(user=user)
    data = {"id": user.pk, **{name: getattr(user, name) for name in _FIELDS}, "groups": _names(groups)}
    return Done(record("user.created", actor=actor, at=at, data=data).pk, [user.pk])


@operation
def change_user(
    *,
    user: User,
    username: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    email: str | None = None,
    groups: Sequence[Group] | None = None,
    is_active: bool | None = None,
    is_superuser: bool | None = None,
    actor: User,
    at: datetime.datetime,
    key: str | None = None,
) -> Done:
    """Change a user; None stays. Who is not active cannot sign in, and may do nothing; what was done keeps the name.

    `data` holds {field: [before, after]}. Refuses what `create_user` does, last_superuser, system_account_fixed, and
    superuser_only where the user is a superuser or becomes one.
    """
    lock_master_data()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    reasons = Reasons()
    texts = {"username": username, "first_name": first_name, "last_name": last_name, "email": email}
    wanted: dict[str, Any] = {name: text.strip() for name, text in texts.items() if text is not None}
    flags = {"is_active": is_active, "is_superuser": is_superuser}
    wanted |= {name: flag for name, flag in flags.items() if flag is not None}
    changed: dict[str, list[Any]] = {
        name: [getattr(user, name), value] for name, value in wanted.items() if getattr(user, name) != value
    }
    _check_standing(user, changed, actor, reasons)
    for name, (_, value) in changed.items():
        setattr(user, name, value)
    _check_facts(user, reasons)
    reasons.raise_any()
    user.is_staff = user.is_superuser
    user.save(force_update=True)
    if groups is not None:
        before = list(user.groups.order_by("name"))
        if {one.pk for one in before} != {one.pk for one in groups}:
            user.groups.set(groups)
            changed["groups"] = [_names(before), _names(groups)]
    event = record("user.changed", actor=actor, at=at, data={"id": user.pk, "username": user.username, **changed})
    return Done(event.pk, [user.pk], data=changed)


@operation
def set_password(*, user: User, password: Secret, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Give a user another password. Refuses password_weak, system_account_fixed, superuser_only."""
    reasons = Reasons()
    _check_standing(user, {}, actor, reasons)
    return _keep_password(user, password, reasons, actor=actor, at=at)


@operation
def change_own_password(
    *, present: Secret, password: Secret, actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Give oneself another password. Refuses password_wrong, password_weak."""
    reasons = Reasons()
    if not check_password(present.text, actor.password):
        reasons.add("password_wrong", where=("present",))
    return _keep_password(actor, password, reasons, actor=actor, at=at)


@operation
def create_group(
    *,
    name: str,
    roles: Mapping[str, Iterable[str]] | None = None,
    actor: User,
    at: datetime.datetime,
    key: str | None = None,
) -> Done:
    """Make a group with what its members may do, as {area: verbs}; `ids` holds its id.

    Whoever may add, change or delete also views. Refuses group_name_missing, group_name_used (in any case), long
    names, area_unknown, verb_unknown.
    """
    lock_master_data()
    reasons = Reasons()
    group = Group(name=name.strip())
    _check_group(group, reasons)
    wanted = _read_roles(roles or {}, reasons)
    reasons.raise_any()
    group.save(force_insert=True)
    Owner.objects.create(group=group)
    _write_roles(group, wanted)
    data = {"id": group.pk, "name": group.name, "roles": _listed(wanted)}
    return Done(record("group.created", actor=actor, at=at, data=data).pk, [group.pk])


@operation
def change_group(
    *,
    group: Group,
    name: str | None = None,
    roles: Mapping[str, Iterable[str]] | None = None,
    actor: User,
    at: datetime.datetime,
    key: str | None = None,
) -> Done:
    """Rename a group, or say anew what it may do in the areas named; other areas stay. No verbs take an area away.

    `data` holds {field: [before, after]}. Refuses as `create_group`.
    """
    lock_master_data()
    reasons = Reasons()
    changed: dict[str, Any] = {}
    if name is not None and name.strip() != group.name:
        changed["name"] = [group.name, name.strip()]
        group.name = name.strip()
        _check_group(group, reasons)
    wanted = _read_roles(roles or {}, reasons)
    reasons.raise_any()
    before = {role.area: _verbs(role) for role in Role.objects.filter(group=group, area__in=list(wanted))}
    for area, verbs in wanted.items():
        if verbs != before.get(area, frozenset()):
            changed[area] = [_sorted(before.get(area, ())), _sorted(verbs)]
    if "name" in changed:
        group.save(force_update=True)
    _write_roles(group, wanted)
    event = record("group.changed", actor=actor, at=at, data={"id": group.pk, "name": group.name, "changed": changed})
    return Done(event.pk, [group.pk], data=changed)


@operation
def remove_group(*, group: Group, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Remove a group; its members lose what only it allowed. Refuses group_in_use: it owns or answers for something."""
    lock_master_data()
    reasons = Reasons()
    owner = Owner.objects.filter(group=group).first()
    if owner is not None and (counts := counted_references(Owner, [owner.pk]).get(owner.pk)):
        named = ", ".join(f"{word} ({count})" for word, count in sorted(counts.items()))
        reasons.add("group_in_use", group=group.name, references=named, where=("group",))
    reasons.raise_any()
    had = {role.area: _verbs(role) for role in Role.objects.filter(group=group)}
    members = list(User.objects.filter(groups=group).order_by("username").values_list("username", flat=True))
    data = {"id": group.pk, "name": group.name, "roles": _listed(had), "members": members}
    event = record("group.removed", actor=actor, at=at, data=data)
    gone = group.pk
    Owner.objects.filter(group=group).delete()
    group.delete()
    return Done(event.pk, [gone])


def make_owners() -> None:
    """Let every user and group be named as an owner, also those that were not made here; two statements if all are."""
    users = User.objects.filter(owner=None).exclude(username=NAME)
    Owner.objects.bulk_create(Owner(user=user) for user in users)
    Owner.objects.bulk_create(Owner(group=group) for group in Group.objects.filter(owner=None))


def _check_facts(user: User, reasons: Reasons) -> None:
    texts = {name: getattr(user, name) for name in ("username", "first_name", "last_name", "email")}
    check_texts(User, texts, reasons)
    try:
        for validate in User._meta.get_field("username").validators[:1]:
            validate(user.username)
    except ValidationError:
        reasons.add("username_invalid", username=user.username, where=("username",))
    if User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists() or (
        user.username.casefold() == NAME and user.pk is None
    ):
        reasons.add("username_used", username=user.username, where=("username",))
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError:
            reasons.add("mail_address_invalid", email=user.email, where=("email",))


def _check_standing(user: User, changed: Mapping[str, Sequence[Any]], actor: User, reasons: Reasons) -> None:
    """What hangs on who the user is: the program's own account, those who may do everything, the last of them."""
    if user.username == NAME:
        reasons.add("system_account_fixed", user=user.username, where=("user",))
    if (user.is_superuser or "is_superuser" in changed) and not may_everything(actor):
        reasons.add("superuser_only", where=("user",))
    falls = user.is_superuser and user.is_active and bool({"is_active", "is_superuser"} & changed.keys())
    if falls and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        reasons.add("last_superuser", user=user.username, where=("user",))


def _check_password(password: Secret, user: User, reasons: Reasons) -> None:
    try:
        validate_password(password.text, user)
    except ValidationError as error:
        for problem in error.messages:
            reasons.add("password_weak", problem=problem.rstrip("."), where=("password",))


def _keep_password(user: User, password: Secret, reasons: Reasons, *, actor: User, at: datetime.datetime) -> Done:
    _check_password(password, user, reasons)
    reasons.raise_any()
    User.objects.filter(pk=user.pk).update(password=make_password(password.text))
    event = record("user.password_set", actor=actor, at=at, data={"id": user.pk, "username": user.username})
    return Done(event.pk, [user.pk])


def _check_group(group: Group, reasons: Reasons) -> None:
    check_texts(Group, {"name": group.name}, reasons)
    if not group.name:
        reasons.add("group_name_missing", where=("name",))
    elif Group.objects.filter(name__iexact=group.name).exclude(pk=group.pk).exists():
        reasons.add("group_name_used", group=group.name, where=("name",))


def _read_roles(given: Mapping[str, Iterable[str]], reasons: Reasons) -> dict[str, frozenset[Verb]]:
    fine = {}
    for area, verbs in given.items():
        asked = list(verbs)
        unknown = [verb for verb in asked if verb not in list(Verb)]
        if area not in AREAS:
            reasons.add("area_unknown", area=area, known=list(AREAS), where=("roles", area))
        for verb in unknown:
            reasons.add("verb_unknown", verb=verb, known=[str(one) for one in Verb], where=("roles", area))
        if area in AREAS and not unknown:
            fine[area] = asked
    return rules.complete(fine)


def _write_roles(group: Group, wanted: Mapping[str, frozenset[Verb]]) -> None:
    Role.objects.filter(group=group, area__in=list(wanted)).delete()
    Role.objects.bulk_create(
        Role(group=group, area=area, **{f"may_{verb}": verb in verbs for verb in Verb})
        for area, verbs in wanted.items()
        if verbs
    )


def _verbs(role: Role) -> frozenset[Verb]:
    return frozenset(Verb(right.rpartition(".")[2]) for right in rights_in(role))


def _sorted(verbs: Iterable[Verb]) -> list[str]:
    return [str(verb) for verb in Verb if verb in set(verbs)]


def _listed(roles: Mapping[str, Iterable[Verb]]) -> dict[str, list[str]]:
    return {area: _sorted(verbs) for area, verbs in roles.items() if verbs}


def _names(groups: Iterable[Group]) -> list[str]:
    return sorted(group.name for group in groups)
