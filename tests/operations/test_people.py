"""Users and groups: made, changed, left without a way in, and never locked out altogether."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from outwork.models import Event, Location, Owner, Role, User
from outwork.operations.people import (
    change_group,
    change_own_password,
    change_user,
    create_group,
    create_user,
    make_owners,
    remove_group,
    set_password,
)
from outwork.operations.permitting import may, may_see_prices
from outwork.operations.system_account import system_account
from outwork.rules.refusals import Refusal
from outwork.rules.roles import AREAS
from outwork.rules.secrets import Secret

GOOD = Secret("reels-and-trays")


def people():
    """Everything that these operations may write."""
    return (
        list(User.objects.order_by("pk").values_list("pk", "username", "email", "password", "is_active", "groups")),
        list(Group.objects.order_by("pk").values_list("pk", "name")),
        list(Role.objects.order_by("pk").values_list()),
        Owner.objects.count(),
        Event.objects.count(),
    )


def refused(operation, **request):
    """The codes of a refusal that wrote nothing."""
    before = people()
    with pytest.raises(Refusal) as refusal:
        operation(**request)
    assert people() == before
    assert all(reason.text() for reason in refusal.value.reasons)
    return refusal.value.codes


def group(shop, name="Stores", **roles):
    done = create_group(name=name, roles=roles or {"stock": ["add", "change"]}, **shop.by_ada)
    return Group.objects.get(pk=done.ids[0])


def test_it_works(shop):
    stores = group(shop)
    done = create_user(
        username="eve", first_name="Eve", email="eve@example.com", password=GOOD, groups=[stores], **shop.by_ada
    )
    eve = User.objects.get(pk=done.ids[0])
    assert eve.check_password(GOOD.text)
    assert (may(eve, "stock", "change"), may(eve, "stock", "view"), may(eve, "stock", "delete")) == (True, True, False)
    assert not may_see_prices(eve)
    assert sorted(str(owner) for owner in Owner.objects.all()) == ["Stores", "eve"]
    event = Event.objects.get(pk=done.event_id)
    assert (event.kind, event.data["groups"], event.data["username"]) == ("user.created", ["Stores"], "eve")
    assert GOOD.text not in str(event.data)


def test_a_user_is_changed_and_leaves(shop):
    stores, buyers = group(shop), group(shop, "Buyers", purchase_order=["add"], price=["view"])
    eve = User.objects.get(pk=create_user(username="eve", groups=[stores], **shop.by_ada).ids[0])
    assert not eve.has_usable_password()
    done = change_user(user=eve, first_name="Eve", groups=[buyers], **shop.by_ada)
    assert done.data == {"first_name": ["", "Eve"], "groups": [["Stores"], ["Buyers"]]}
    eve = User.objects.get(pk=eve.pk)
    assert may_see_prices(eve)
    change_user(user=eve, is_active=False, **shop.by_ada)
    eve = User.objects.get(pk=eve.pk)
    assert not may_see_prices(eve)
    assert change_user(user=eve, is_active=False, **shop.by_ada).data == {}


def test_refuses_every_bad_fact_at_once(shop):
    request = {"username": "e e", "email": "nobody", "first_name": "x" * 151, "password": Secret("eve")}
    codes = refused(create_user, **request, **shop.by_ada)
    assert codes == ["text_too_long", "username_invalid", "mail_address_invalid", "password_weak", "password_weak"]
    assert refused(create_user, username="", **shop.by_ada) == ["username_invalid"]


@pytest.mark.parametrize("name", ["ADA", "outwork", "Outwork"])
def test_refuses_a_name_that_is_taken(shop, name):
    assert refused(create_user, username=name, **shop.by_ada) == ["username_used"]


def test_only_who_may_do_everything_gives_that_on(shop):
    admins = group(shop, "Admins", admin=["add", "change", "delete"])
    change_user(user=shop.dee, groups=[admins], **shop.by_ada)
    dee = User.objects.get(pk=shop.dee.pk)
    by_dee = shop.by(dee)
    create_user(username="eve", **by_dee)
    assert refused(create_user, username="fay", is_superuser=True, **by_dee) == ["superuser_only"]
    assert refused(change_user, user=dee, is_superuser=True, **by_dee) == ["superuser_only"]
    assert refused(change_user, user=shop.ada, email="dee@example.com", **by_dee) == ["superuser_only"]
    assert refused(set_password, user=shop.ada, password=GOOD, **by_dee) == ["superuser_only"]
    set_password(user=User.objects.get(username="eve"), password=GOOD, **by_dee)
    assert User.objects.get(username="eve").check_password(GOOD.text)


def test_refuses_to_leave_nobody_who_may_do_everything(shop):
    change_user(user=shop.bo, is_superuser=False, **shop.by_ada)
    assert refused(change_user, user=shop.ada, is_active=False, **shop.by_ada) == ["last_superuser"]
    assert refused(change_user, user=shop.ada, is_superuser=False, **shop.by_ada) == ["last_superuser"]


def test_refuses_to_touch_the_account_of_the_program(shop):
    account = system_account()
    assert refused(change_user, user=account, is_active=True, **shop.by_ada) == ["system_account_fixed"]
    assert refused(set_password, user=account, password=GOOD, **shop.by_ada) == ["system_account_fixed"]


def test_a_password_is_changed_by_who_knows_it(shop):
    set_password(user=shop.dee, password=GOOD, **shop.by_ada)
    dee = User.objects.get(pk=shop.dee.pk)
    asked = {"present": Secret("wrong"), "password": Secret("solder-and-flux"), **shop.by(dee)}
    assert refused(change_own_password, **asked) == ["password_wrong"]
    assert refused(change_own_password, **{**asked, "present": GOOD, "password": Secret("12345678")}) == [
        "password_weak"
    ]
    done = change_own_password(**{**asked, "present": GOOD})
    assert User.objects.get(pk=dee.pk).check_password("solder-and-flux")
    assert Event.objects.get(pk=done.event_id).data == {"id": dee.pk, "username": "dee"}


def test_a_repeat_is_known_by_a_hash_that_tells_nothing(shop):
    first = set_password(user=shop.dee, password=GOOD, key="once", **shop.by_ada)
    assert set_password(user=shop.dee, password=Secret(GOOD.text), key="once", **shop.by_ada) == first
    with pytest.raises(Refusal) as refusal:
        set_password(user=shop.dee, password=Secret("solder-and-flux"), key="once", **shop.by_ada)
    assert refusal.value.codes == ["key_used_for_another_request"]
    assert GOOD.text not in repr(GOOD)


def test_a_group_is_changed_area_by_area(shop):
    stores = group(shop, stock=["change"], build=["view"])
    done = change_group(group=stores, name="Store", roles={"stock": [], "part": ["delete"]}, **shop.by_ada)
    assert done.data == {
        "name": ["Stores", "Store"],
        "stock": [["view", "change"], []],
        "part": [[], ["view", "delete"]],
    }
    found = {role.area: (role.may_view, role.may_add, role.may_delete) for role in Role.objects.all()}
    assert found == {"build": (True, False, False), "part": (True, False, True)}


def test_refuses_a_group_that_is_none(shop):
    group(shop)
    assert refused(create_group, name=" ", **shop.by_ada) == ["group_name_missing"]
    assert refused(create_group, name="STORES", **shop.by_ada) == ["group_name_used"]
    bad = {"stock": ["move"], "sales": ["view"]}
    assert refused(create_group, name="Sales", roles=bad, **shop.by_ada) == ["verb_unknown", "area_unknown"]


def test_a_group_goes_when_it_owns_nothing(shop):
    stores = group(shop)
    change_user(user=shop.dee, groups=[stores], **shop.by_ada)
    shelf = Location.objects.create(name="Shelf", path="Shelf", owner=Owner.objects.get(group=stores))
    assert refused(remove_group, group=stores, **shop.by_ada) == ["group_in_use"]
    shelf.owner = None
    shelf.save()
    done = remove_group(group=stores, **shop.by_ada)
    assert Event.objects.get(pk=done.event_id).data["members"] == ["dee"]
    assert (Group.objects.count(), Role.objects.count(), Owner.objects.count()) == (0, 0, 0)
    assert not may(User.objects.get(pk=shop.dee.pk), "stock", "view")


def test_everybody_can_be_an_owner(shop):
    system_account()
    make_owners()
    make_owners()
    assert sorted(str(owner) for owner in Owner.objects.all()) == ["ada", "bo", "cy", "dee"]


@pytest.mark.parametrize("size", [1, 10, 100])
def test_the_cost_does_not_grow_with_the_groups(shop, statements, size):
    lock = int(connection.vendor == "postgresql")
    groups = Group.objects.bulk_create(Group(name=f"Group {number}") for number in range(size))
    with statements() as count:
        create_user(username="eve", groups=groups, **shop.by_ada)
    assert count == 6 + lock
    with statements() as count:
        create_group(name="All", roles={area: ["view"] for area in list(AREAS)[:size]}, **shop.by_ada)
    assert count == 6 + lock


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_each_other_away_one_stays(shop, at_once):
    answers = at_once(
        lambda: change_user(user=shop.bo, is_active=False, **shop.by_ada),
        lambda: change_user(user=shop.ada, is_active=False, **shop.by_bo),
    )
    assert [one.codes for one in answers if isinstance(one, Refusal)] == [["last_superuser"]]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_name_is_given_to_one_user(shop, at_once):
    answers = at_once(*(lambda: create_user(username="eve", **shop.by_ada) for _ in range(4)))
    assert [one.codes for one in answers if isinstance(one, Refusal)] == [["username_used"]] * 3
    assert User.objects.filter(username="eve").count() == 1
