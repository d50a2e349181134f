"""In whose name a command acts."""

import datetime

import pytest

from outwork.cli.actor import by, find_actor
from outwork.models import User
from outwork.rules.refusals import Refusal

pytestmark = pytest.mark.django_db


def superuser(name: str, *, is_active: bool = True) -> User:
    return User.objects.create(username=name, is_superuser=True, is_active=is_active)


def test_it_works() -> None:
    ada = User.objects.create(username="ada")
    assert find_actor("ada") == ada
    noon = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
    assert by("ada", at=noon) == {"actor": ada, "at": noon}


def test_the_only_superuser_acts_where_nobody_is_named() -> None:
    owner = superuser("owner")
    superuser("former", is_active=False)
    User.objects.create(username="ada")
    assert find_actor(None) == owner


@pytest.mark.parametrize("names", [[], ["owner", "other"]])
def test_the_system_account_acts_where_no_superuser_is_the_only_one(names: list[str]) -> None:
    for name in names:
        superuser(name)
    account = find_actor(None)
    assert account.username == "outwork"
    assert not account.is_active
    assert not account.has_usable_password()
    assert find_actor("outwork") == find_actor("") == account


def test_refuses_a_user_that_is_unknown_or_not_active() -> None:
    User.objects.create(username="gone", is_active=False)
    for username, code in (("nobody", "user_unknown"), ("gone", "user_not_active")):
        with pytest.raises(Refusal) as refused:
            find_actor(username)
        assert refused.value.codes == [code]
    assert User.objects.count() == 1
