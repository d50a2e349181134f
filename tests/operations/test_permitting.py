"""Who may do what: asked before every operation, through groups, and not again for the steps of one."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group

from outwork.models import BomLine, Build, Company, Event, Part, PriceBreak, PurchaseLine, Role, SupplierPart, User
from outwork.operations import permitting, system_account
from outwork.operations.attaching import NewAttachment, attach, detach
from outwork.operations.commenting import tag_subjects, write_comment
from outwork.operations.copying_bom import copy_bom
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.creating_build import create_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.master_data import create
from outwork.operations.master_data.duplicating import duplicate_parts
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.settings import set_settings
from outwork.operations.splitting_build import split_build
from outwork.operations.taking_back import reverse_event
from outwork.rules.hiding import HIDDEN
from outwork.rules.receiving import Arrival, Disposition
from outwork.rules.refusals import Refusal
from outwork.rules.roles import AREAS, EVERYBODY, NEEDS, RIGHTS
from outwork.rules.saying import sentence
from outwork.rules.states import BuildStatus, OutputState
from tests.house.operations import every_operation


def allow(user, *rights):
    """Put a user into a new group that may do this."""
    group = Group.objects.create(name=f"Group {Group.objects.count()}")
    for right in rights:
        area, _, verb = right.partition(".")
        role, _ = Role.objects.get_or_create(group=group, area=area)
        setattr(role, f"may_{verb}", True)
        role.save()
    user.groups.add(group)
    return User.objects.get(pk=user.pk)


def built_outside(shop):
    """Ten boards built outside, and the order line that delivers them."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    return build, shop.ordered(build)


def test_it_works(shop):
    dee = allow(shop.dee, "part.add")
    done = create(model=Part, rows=[{"name": "Resistor"}], **shop.by(dee))
    assert Event.objects.get(pk=done.event_id).actor == dee
    assert Part.objects.get().name == "Resistor"
    shop.recount()


def test_refuses_somebody_without_rights_before_anything_else(shop):
    """Dee may do nothing: not one operation even looks at what she asks for."""
    asked = every_operation()
    assert len(asked) > 60
    for name, operation in asked.items():
        if NEEDS.get(name) == EVERYBODY:
            continue
        request = {"model": Part, "event": 1, "subject": ("part", 1)}
        with pytest.raises(Refusal) as refused:
            operation(**request, **shop.by(shop.dee))
        assert refused.value.codes == ["not_permitted"], name
        assert refused.value.is_forbidden
    assert Event.objects.count() == 0


def test_a_right_opens_its_own_door_only(shop):
    dee = allow(shop.dee, "part.add", "stock.change")
    for model, row in ((Company, {"name": "Acme"}), (BomLine, {"assembly": 1, "part": 2})):
        assert shop.refused(create, model=model, rows=[row], actor=dee) == [("not_permitted", ("actor",))]
    count_stock(rows=[Counted(shop.put("R-10K", 10).pk, 9)], **shop.by(dee))
    with pytest.raises(Refusal) as refused:
        set_settings(values={"COMPANY_NAME": "Dee & Co"}, **shop.by(dee))
    assert str(refused.value) == "dee may not do this; it takes the right to change users and settings"


def test_who_may_do_an_operation_may_do_its_steps(shop):
    """Ordering a build makes an order and its lines; a buyer who may add orders need not be asked for each."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    dee = allow(shop.dee, "purchase_order.add")
    done = order_build(build=build, manufacturer=build.manufacturer, **shop.by(dee))
    assert done.ids
    assert shop.refused(finish_build, build=build, actor=dee) == [("not_permitted", ("actor",))]


def test_an_operation_that_failed_leaves_nobody_unasked(shop):
    with pytest.raises(Refusal):
        create_build(part=shop.part("R-10K"), quantity=1, **shop.by_ada)
    assert shop.refused(create_build, part=shop.part("R-10K"), quantity=1, actor=shop.dee) == [
        ("not_permitted", ("actor",))
    ]


def test_what_was_done_is_taken_back_by_who_may_do_such_things(shop):
    item = shop.put("R-10K", 10)
    done = remove_stock(rows=[Removal(item.pk, 4)], **shop.by_bo)
    asked: dict[str, Any] = {"event": done.event_id, "reason": "wrong box"}
    drawer = allow(shop.cy, "bom.change")
    assert shop.refused(reverse_event, **asked, actor=drawer) == [("not_permitted", ("actor",))]
    reverse_event(**asked, **shop.by(allow(shop.dee, "stock.change")))
    item.refresh_from_db()
    assert item.quantity == 10
    shop.recount()


def test_taking_back_takes_the_right_of_doing(shop):
    """Stock alone neither finishes a build nor reopens it, and neither accepts units nor takes that back."""
    build, line = built_outside(shop)
    (unit,) = shop.received(line, 10, batch="A")
    accepted = accept_outputs(build=build, decisions=[Decision(unit.pk)], **shop.by_bo)
    finished = finish_build(build=build, accept_unallocated=True, **shop.by_bo)
    keeper, planner = allow(shop.dee, "stock.change"), allow(shop.cy, "build.change")
    for done in (finished, accepted):
        asked = {"event": done.event_id, "reason": "too early"}
        assert shop.refused(reverse_event, **asked, actor=keeper) == [("not_permitted", ("actor",))]
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    for done in (finished, accepted):
        reverse_event(event=done.event_id, reason="too early", **shop.by(planner))
    assert Build.objects.get(pk=build.pk).status == BuildStatus.PRODUCTION


def test_a_copy_of_a_part_takes_the_right_to_parts_and_to_their_lines(shop):
    original = shop.assembly("BOARD", {"R-10K": 4})
    asked: dict[str, Any] = {"rows": [{"original": original, "number": "BOARD-2"}]}
    for rights in (["bom.add"], ["part.add"]):
        one = allow(User.objects.create(username=rights[0]), *rights)
        assert shop.refused(duplicate_parts, **asked, actor=one) == [("not_permitted", ("actor",))]
    assert not Part.objects.filter(number="BOARD-2").exists()
    duplicate_parts(**asked, **shop.by(allow(shop.dee, "part.add", "bom.add")))
    assert Part.objects.get(number="BOARD-2").bom_lines.count() == 1


def test_a_bom_that_takes_the_place_of_another_takes_the_right_to_add_and_to_change(shop):
    source, target = shop.assembly("BOARD", {"R-10K": 4}), shop.assembly("BOARD-2", {"C-100N": 2})
    adder = allow(shop.dee, "bom.add")
    assert shop.refused(copy_bom, source=source, target=target, actor=adder) == [("not_permitted", ("actor",))]
    assert BomLine.objects.get(assembly=target).part.number == "C-100N"
    copy_bom(source=source, target=target, **shop.by(allow(adder, "bom.change")))
    assert BomLine.objects.get(assembly=target).part.number == "R-10K"


def test_a_split_takes_the_right_to_builds_and_to_the_orders_that_deliver_them(shop):
    build, _ = built_outside(shop)
    asked = {"build": build, "quantity": 4}
    for rights in (["build.add"], ["build.change"], ["build.add", "build.change"]):
        one = allow(User.objects.create(username="-".join(rights)), *rights)
        assert shop.refused(split_build, **asked, actor=one) == [("not_permitted", ("actor",))]
    assert Build.objects.count() == 1
    split_build(**asked, **shop.by(allow(shop.dee, "build.add", "build.change", "purchase_order.change")))
    assert Build.objects.count() == 2


@pytest.mark.parametrize("said", [{"accept": True}, {"disposition": Disposition.ACCEPT}])
def test_accepting_with_the_receipt_takes_the_right_to_accept(shop, said):
    build, line = built_outside(shop)
    keeper = allow(shop.dee, "stock.add")
    asked = {"order": line.order, "location": shop.location("Main shelf")}
    arrivals = [Arrival(line.pk, 4, batch="A", **said)]
    assert shop.refused(receive, **asked, arrivals=arrivals, actor=keeper) == [("not_permitted", ("actor",))]
    receive(**asked, arrivals=[Arrival(line.pk, 4, batch="A")], **shop.by(keeper))
    receive(**asked, arrivals=arrivals, **shop.by(allow(keeper, "build.change")))
    assert [one.state for one in build.outputs.order_by("pk")] == [
        OutputState.IN_PRODUCTION,
        OutputState.ACCEPTED,
    ]


@pytest.mark.parametrize("sees", [False, True])
def test_who_may_not_see_prices_is_told_no_amounts(shop, sees):
    """Not beside the answer, not when a repeated key is answered again, and not in a refusal."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 90, price="10.00")
    sold = SupplierPart.objects.get()
    PriceBreak.objects.create(supplier_part=sold, quantity=Decimal(100), price=Decimal("8.50"), currency="EUR")
    dee = allow(shop.dee, "purchase_order.add", "purchase_order.change", "stock.add")
    if sees:
        dee = allow(dee, "price.view")
    total = "850" if sees else HIDDEN
    for _ in range(2):
        done = order_build(build=build, manufacturer=build.manufacturer, key="one", **shop.by(dee))
        assert [(one["code"], one["total"]) for one in done.said] == [("more_is_cheaper", total)]
        shown = "850.00 EUR" if sees else "(hidden)"
        assert sentence(done.said[0]) == f"100 packs would cost less: {shown} in all"

    line = PurchaseLine.objects.get()
    place_order(order=line.order, **shop.by_ada)
    (unit,) = shop.received(line, 90, batch="A")
    row = ReturnRow(unit.item_id, 10, credit="1000", is_kept=True)
    asked = {"supplier": build.manufacturer, "purpose": "credit", "reason": "Scratched", "rows": [row]}
    with pytest.raises(Refusal) as refused:
        create_return(**asked, **shop.by(dee))
    assert refused.value.codes == ["credit_beyond_value"]
    assert ("(hidden)" in str(refused.value)) is not sees
    assert "1000" in str(refused.value)


def test_superusers_and_the_program_itself_are_not_asked(shop, statements):
    system = system_account.system_account()
    root = User.objects.create(username="root", is_superuser=True)
    for one in (system, root):
        with statements() as count:
            assert permitting.rights_of(one) == RIGHTS
        assert count == 0
        create(model=Part, rows=[{"name": f"by {one.username}"}], **shop.by(one))


def test_refuses_a_user_who_left_whatever_the_groups(shop):
    dee = allow(shop.dee, "part.add")
    root = User.objects.create(username="root", is_superuser=True, is_active=False)
    User.objects.filter(pk=dee.pk).update(is_active=False)
    dee = User.objects.get(pk=dee.pk)
    for one in (dee, root):
        with pytest.raises(Refusal) as refused:
            create(model=Part, rows=[{"name": "Resistor"}], **shop.by(one))
        assert refused.value.codes == ["user_not_active"]
        assert permitting.rights_of(one) == frozenset()
    assert not Part.objects.exists()


def test_rights_of_several_groups_add_up(shop):
    dee = allow(shop.dee, "part.view", "price.view")
    assert permitting.may_see_prices(dee)
    assert not permitting.may(dee, "stock", "view")
    dee = allow(dee, "stock.view")
    assert permitting.rights_of(dee) == {"part.view", "price.view", "stock.view"}
    assert not permitting.may_see_prices(shop.cy)
    assert permitting.may_see_prices(shop.ada)


@pytest.mark.parametrize("groups", [1, 10, 100])
def test_asking_costs_one_statement_the_first_time_only(shop, statements, groups):
    dee = shop.dee
    for area in list(AREAS)[: min(groups, len(AREAS))]:
        dee = allow(dee, f"{area}.view")
    Group.objects.bulk_create(Group(name=f"More {number}") for number in range(groups))
    dee.groups.add(*Group.objects.filter(name__startswith="More"))
    with statements() as count:
        assert permitting.may(dee, "admin", "view")
        assert not permitting.may(dee, "admin", "add")
    assert count == 1


def test_what_hangs_on_a_subject_is_for_who_may_change_the_subject(shop):
    part, build = shop.part("R-10K"), shop.build(shop.assembly("BOARD"), 1)
    dee = allow(shop.dee, "part.change", "build.view")
    tag_subjects(subjects=[("part", part.pk)], add=["lead-free"], **shop.by(dee))
    write_comment(subject=("build", build.pk), text="Who packs it?", **shop.by(dee))
    subjects = [("part", part.pk), ("build", build.pk)]
    assert shop.refused(tag_subjects, subjects=subjects, add=["urgent"], actor=dee) == [("not_permitted", ("actor",))]
    with pytest.raises(Refusal) as refused:
        write_comment(subject=("order", 1), text="Late again", **shop.by(dee))
    assert str(refused.value) == "dee may not do this; it takes the right to view purchase orders"


def test_an_attachment_is_taken_away_by_who_may_change_what_it_hangs_on(shop):
    part = shop.part("R-10K")
    sheet = NewAttachment("part", part.pk, "data sheet", link="https://example.com/r10k.pdf")
    done = attach(attachments=[sheet], **shop.by_ada)
    dee = allow(shop.dee, "stock.change")
    for operation in (attach, detach):
        asked = [sheet] if operation is attach else done.ids
        assert shop.refused(operation, attachments=asked, actor=dee) == [("not_permitted", ("actor",))]
    detach(attachments=done.ids, **shop.by(allow(dee, "part.change")))
