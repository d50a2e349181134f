"""The people of the demo company, and what each of them may do."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from outwork.cli.demo_company.stage import Stage
from outwork.models import User
from outwork.operations.people import create_group, create_user, make_owners
from outwork.rules.secrets import Secret

PASSWORD = "reels-and-trays"
LOGINS = {
    "owner": ("Dee", "runs the company: settings, cost"),
    "buyer": ("Ada", "orders, chases late deliveries"),
    "stores": ("Bo", "receives, counts, packs kits"),
    "engineer": ("Cy", "BOMs, incoming inspection, trace"),
}
_LOOK = ["view"]
_WORK = ["view", "add", "change"]
_ALL = ["view", "add", "change", "delete"]
_EVERYTHING_SEEN = dict.fromkeys(("part_category", "part", "bom", "stock_location", "stock", "build"), _LOOK)
# The group of each login that is no owner, and what it may do.
GROUPS: dict[str, tuple[str, dict[str, list[str]]]] = {
    "buyer": (
        "Purchasing",
        {**_EVERYTHING_SEEN, "part": _WORK, "build": _WORK, "purchase_order": _ALL, "price": _ALL},
    ),
    "stores": (
        "Stores",
        {
            **_EVERYTHING_SEEN,
            "stock_location": _WORK,
            "stock": _ALL,
            "build": ["view", "change"],
            "purchase_order": _LOOK,
        },
    ),
    "engineer": (
        "Engineering",
        {
            **_EVERYTHING_SEEN,
            "part_category": _WORK,
            "part": _ALL,
            "bom": _ALL,
            "stock": ["view", "change"],
            "build": _ALL,
            "purchase_order": _LOOK,
            "price": _LOOK,
        },
    ),
}


def hire(stage: Stage) -> None:
    """The owner, who may do everything, and the three others with a group each; one password for all."""
    for login, (name, _) in LOGINS.items():
        if login not in GROUPS:
            stage.users[name] = User.objects.create(
                username=login, first_name=name, password=make_password(PASSWORD), is_superuser=True, is_staff=True
            )
            make_owners()
    for login, (title, roles) in GROUPS.items():
        name = LOGINS[login][0]
        made = create_group(name=title, roles=roles, **stage.by("Dee", 8, 0))
        done = create_user(
            username=login,
            first_name=name,
            password=Secret(PASSWORD),
            groups=[Group.objects.get(pk=made.ids[0])],
            **stage.by("Dee", 8, 0),
        )
        stage.users[name] = User.objects.get(pk=done.ids[0])
