"""Merging, numbering, installing, delivering and valuing stock from the command line."""

import datetime
import json

import pytest
from click.testing import CliRunner
from django.utils import timezone

from outwork.cli.main import main
from outwork.models import Build, Owner, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.rules.places import PlaceKind
from outwork.rules.supply import ConsumeWhen

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(shop):
    """Run `outwork stock ARGUMENTS` in this process; gives what was printed, and asserts the exit status."""
    for name in ("Main shelf", "Second shelf"):
        shop.location(name)

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["stock", *map(str, arguments)])
        assert result.exit_code == status, result.output
        return result.output

    return run


def test_it_works(shop, run):
    radio = shop.assembly("RADIO", {"MODULE": 1}, is_trackable=True, is_salable=True)
    box, more = shop.put(radio, 2, value="100.00"), shop.put(radio, 1)
    module = shop.put("MODULE", 3)
    assert run("merge", box.pk, more.pk) == f"Merged 2 items into item {box.pk}.\n"
    out = run("serialise", box.pk, "R1,R2", "--quantity", 2, "--to", "Second shelf")
    first, second = StockItem.objects.filter(serial__isnull=False).order_by("serial")
    assert out == f"2 units have their serial numbers: items {first.pk}, {second.pk}.\n"
    assert run("install", f"{module.pk}=1", "--into", first.pk).endswith(f"now inside item {first.pk}.\n")
    inside = StockItem.objects.get(inside=first)
    assert run("value", module.pk, "--each", "20.00") == f"Item {module.pk}: 20.00 each.\n"
    (listed,) = json.loads(run("list", "--inside", first.pk, "--json"))
    assert (listed["id"], listed["inside"], listed["value"]) == (inside.pk, first.pk, "0")
    assert run("uninstall", inside.pk, "--to", "Main shelf", "--status", "damaged") == f"Took item {inside.pk} out.\n"
    shop.company("Globex", is_customer=True)
    assert run("assign", second.pk, "--customer", "globex") == f"Item {second.pk} now at Globex.\n"
    assert json.loads(run("list", "--customer", "Globex", "--json"))[0]["customer"] == "Globex"
    assert run("take-back", second.pk, "--to", "Main shelf") == f"Item {second.pk} came back.\n"
    assert "returned" in run("list", "--serial", "R2")
    assert run("status", "quarantined", first.pk, second.pk) == f"Items {first.pk}, {second.pk}: quarantined.\n"
    assert len(json.loads(run("list", "--status", "quarantined", "--json"))) == 2
    kinds = [step["kind"] for step in json.loads(run("history", "R2", "--part", "RADIO", "--json"))]
    assert kinds == ["serialised", "delivered", "changed", "came back", "changed"]
    shop.recount()


def test_a_variant_and_what_a_build_used(shop, run):
    red = shop.part("R-RED", variant_of=shop.part("R", is_template=True))
    shop.part("R-BLUE", variant_of=shop.part("R"))
    build = shop.build(shop.assembly("BOARD", {"R-RED": 1}), 2, consume=ConsumeWhen.ACCEPTANCE)
    reel = shop.put(red, 2)
    allocate(build=build, takes=[Take(build.lines.get().pk, reel.pk, 2)], **shop.by_bo)
    made = make_outputs(build=build, units=2, **shop.by_bo)
    accept_outputs(build=Build.objects.get(), decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    assert "needs a reason" in run("return", reel.pk, "--to", "Main shelf", status=1)
    out = run("return", reel.pk, "--to", "Main shelf", "--reason", "not fitted")
    assert out == (f"Item {reel.pk} in stock again.\nNote: {build.reference} counts 2 of R-RED as not used any more.\n")
    assert run("convert", reel.pk, "--to", "R-BLUE") == f"Item {reel.pk} now R-BLUE.\n"
    assert "not a variant" not in run("list", "--part", "R-BLUE")
    assert "no variants of one template" in run("convert", reel.pk, "--to", "BOARD", status=1)
    shop.recount()


def test_facts_owners_and_dates(shop, run):
    Owner.objects.create(user=shop.ada)
    shop.part("GLUE")
    run("add", "GLUE", 5, "--owner", "ada", "--value", "2", "--currency", "EUR", "--expires", "2020-01-31")
    item = StockItem.objects.get()
    assert (str(item.owner), item.value, item.goes_when_empty) == ("ada", 10, True)
    assert str(item.pk) in run("list", "--owner", "ada", "--expired")
    assert "set STOCK_STALE_DAYS" in run("list", "--stale", status=2)
    shop.switch_on("STOCK_STALE_DAYS", 10)
    soon = shop.put("GLUE", 1)
    day = timezone.now().date() + datetime.timedelta(days=5)
    run("change", soon.pk, "--expires", day, "--link", "https://example.com/glue", "--stays-when-empty")
    assert [one["id"] for one in json.loads(run("list", "--stale", "--json"))] == [item.pk, soon.pk]
    assert json.loads(run("list", "--batch", "", "--json"))[1]["link"] == "https://example.com/glue"
    run("change", item.pk, "--owner", "none")
    assert run("list", "--owner", "ada") == "No stock.\n"
    assert "There is no" in run("list", "--owner", "nobody", status=1)
    run("remove", f"{item.pk}=5")
    assert StockItem.objects.get(pk=item.pk).place == PlaceKind.GONE
    shop.recount()


def test_a_transfer_merges_as_the_setting_says(shop, run):
    there, items = shop.put("GLUE", 5, "Second shelf"), [shop.put("GLUE", 1) for _ in range(3)]
    run("transfer", items[0].pk, "--to", "Second shelf")
    run("transfer", items[1].pk, "--to", "Second shelf", "--merge")
    shop.switch_on("STOCK_MERGE_ON_TRANSFER")
    assert (
        run("transfer", items[2].pk, "--to", "Second shelf", "--no-merge")
        == f"Item {items[2].pk} now at Second shelf.\n"
    )
    there.refresh_from_db()
    assert there.quantity == 6
    assert StockItem.objects.on_hand().count() == 3
    shop.recount()
