"""Lists of users and groups cost the same for one and for many."""

import pytest
from django.contrib.auth.models import Group

from outwork.models import Role, User
from outwork.queries.people import people, teams


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_lists_cost_the_same_for_one_and_for_many(shop, statements, size):
    groups = Group.objects.bulk_create(Group(name=f"Group {number:04d}") for number in range(size))
    Role.objects.bulk_create(Role(group=group, area="stock", may_view=True) for group in groups)
    User.objects.bulk_create(User(username=f"user {number:04d}") for number in range(size))
    groups[0].user_set.set(User.objects.all())
    with statements() as count:
        found = people()
    assert count == 2
    assert len(found) == size + 4
    assert {one.username for one in found if one.groups == ["Group 0000"]} == {one.username for one in found}
    with statements() as count:
        listed = teams()
    assert count == 3
    assert [team.roles for team in listed] == [{"stock": ["view"]}] * size
    assert listed[0].members[:4] == ["ada", "bo", "cy", "dee"]
