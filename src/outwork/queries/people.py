"""Who works here: users with their groups, groups with their members and rights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.models import Group

from outwork.models import Role, User
from outwork.rules.refusals import Where, declare, refuse
from outwork.rules.roles import AREAS, Verb

declare(
    user_unknown="There is no user {username}",
    group_unknown="There is no group {group}",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user, as lists show one."""

    id: int
    username: str
    name: str
    email: str
    is_active: bool
    is_superuser: bool
    groups: list[str]


@dataclass(frozen=True, slots=True)
class Team:
    """A group with its members, and its verbs by area in the order of the areas."""

    id: int
    name: str
    members: list[str]
    roles: dict[str, list[str]]


def people() -> list[Person]:
    """Every user by name; two statements."""
    return [
        Person(
            id=user.pk,
            username=user.username,
            name=user.get_full_name(),
            email=user.email,
            is_active=user.is_active,
            is_superuser=user.is_superuser,
            groups=sorted(group.name for group in user.groups.all()),
        )
        for user in User.objects.prefetch_related("groups").order_by("username")
    ]


def teams() -> list[Team]:
    """Every group by name; three statements."""
    roles: dict[int, dict[str, Role]] = defaultdict(dict)
    for role in Role.objects.all():
        roles[role.group_id][role.area] = role
    found = Group.objects.prefetch_related("user_set").order_by("name")
    return [
        Team(
            id=group.pk,
            name=group.name,
            members=sorted(user.username for user in group.user_set.all()),
            roles=_verbs(roles[group.pk]),
        )
        for group in found
    ]


def user_named(name: str, *, where: Where = ("user",)) -> User:
    """The user who signs in so, as it is written or in any case; one statement. Refuses user_unknown."""
    found = list(User.objects.filter(username__iexact=name.strip()))
    exact = [user for user in found if user.username == name.strip()] or found
    return exact[0] if exact else refuse("user_unknown", username=name, where=where)


def group_named(name: str, *, where: Where = ("group",)) -> Group:
    """The group of that name, as it is written or in any case; one statement. Refuses group_unknown."""
    found = list(Group.objects.filter(name__iexact=name.strip()))
    exact = [group for group in found if group.name == name.strip()] or found
    return exact[0] if exact else refuse("group_unknown", group=name, where=where)


def _verbs(roles: dict[str, Role]) -> dict[str, list[str]]:
    return {
        area: [str(verb) for verb in Verb if getattr(roles[area], f"may_{verb}")] for area in AREAS if area in roles
    }
