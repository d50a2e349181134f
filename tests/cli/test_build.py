"""Build orders from the command line: what is printed, what is refused, what is wrong use."""

import datetime

import pytest

from outwork.cli.build import command as build_group
from outwork.cli.order import command as order_group
from outwork.models import Build, BuildLine, BuildOutput, Event, StockItem
from outwork.rules.states import OutputState


@pytest.fixture
def build(shop, radio):
    """BO-0001: ten radios by Acme, all parts ours."""
    build = shop.external(radio, 10, destination=shop.location("Finished goods"))
    BuildLine.objects.filter(build=build).update(supply="we send")
    return build


@pytest.fixture
def ordered(shop, build):
    """The same, ordered and placed."""
    return shop.ordered(build)


def test_the_list_prints_rows_and_json(shop, radio, build, program):
    shop.build(radio, 3, target_date=datetime.date(2026, 1, 5))
    assert program("build", "list") == [
        "build    part   units  status   made by        target",
        "BO-0001  RADIO     10  pending  Acme Assembly",
        "BO-0002  RADIO      3  pending                 2026-01-05 late",
    ]
    assert [row["reference"] for row in program.json("build", "list", "--external")] == ["BO-0001"]
    assert [row["reference"] for row in program.json("build", "list", "--internal", "--status", "open")] == ["BO-0002"]
    assert program("build", "list", "--status", "complete", "--status", "on-hold") == ["There are no such builds."]
    row = program.json("build", "list")[1]
    assert (row["quantity"], row["is_late"], row["target_date"]) == ("3", True, "2026-01-05")
    assert program("build", "list", "--status", "lost", status=2)


def test_the_page_of_a_new_build_says_what_is_missing(shop, radio, build, program):
    BuildLine.objects.filter(build=build).update(supply=None)
    assert program("build", "show", "bo-0001") == [
        "BO-0001: 10 units of RADIO, made by Acme Assembly",
        "It is pending, created 2026-03-02.",
        "10 good units still open.",
        "",
        "  line  part    supply     required  short  free with us",
        "     1  R-10K   undecided        40     40          3412",
        "     2  C-100N  undecided        70     70          5000",
        "     3  CASE    undecided        10     10            90",
        "",
        "next: say who supplies R-10K, C-100N, CASE   [outwork build supply BO-0001]",
        "next: order 10 units from Acme Assembly   [outwork build order BO-0001]",
        "next: allocate stock for R-10K (40), C-100N (70), CASE (10)   [outwork build auto-allocate BO-0001]",
    ]


def test_show_as_json_has_the_whole_story(shop, build, ordered, program):
    program("order", "receive", "PO-0001", "1=4", "--serials", "1-4")
    program("build", "accept", "BO-0001", "1-2")
    shown = program.json("build", "show", "BO-0001")
    assert {key: shown[key] for key in ("reference", "status", "quantity", "is_external", "manufacturer")} == {
        "reference": "BO-0001",
        "status": "in production",
        "quantity": "10",
        "is_external": True,
        "manufacturer": "Acme Assembly",
    }
    assert shown["progress"] == {
        "planned": "10", "ordered": "10", "received": "4", "in_production": "2",
        "accepted": "2", "rejected": "0", "scrapped": "0",
    }  # fmt: skip
    assert set(shown["lines"][0]) == {
        "id", "position", "part", "supply", "is_optional", "is_consumable", "per_unit", "required", "consumed",
        "allocated", "there", "short", "due", "free_here", "free_there", "free_others",
        "to_send", "on_order", "on_draft",
    }  # fmt: skip
    assert shown["lines"][0]["due"] == "8"
    assert [(row["order"], row["open"], row["price"]) for row in shown["order_lines"]] == [("PO-0001", "6", "12.5")]
    assert [(row["serial"], row["state"]) for row in shown["outputs"]] == [
        ("3", "in production"), ("4", "in production"), ("1", "accepted"), ("2", "accepted"),
    ]  # fmt: skip
    assert [step["code"] for step in shown["next"]] == ["allocate", "decide_units", "await_units"]


def test_creating_takes_everything_that_a_build_knows(shop, radio, program):
    answer = program.json(
        "build", "create", "RADIO", "5", "--start", "2026-03-01", "--target", "2026-04-01", "--take-from", "Main shelf",
        "--destination", "finished goods", "--batch", "W10", "--title", "for the fair", "--priority", "3",
        "--responsible", "bo", "--reference", "BO-0107", "--note", "quick", "--consume", "acceptance", "--as", "ada",
    )  # fmt: skip
    build = Build.objects.get()
    assert answer == {
        "event": Event.objects.get(build=build).pk,
        "ids": [build.pk],
        "said": [],
        "data": {"reference": "BO-0107"},
    }
    assert (build.batch, build.title, build.priority, build.note) == ("W10", "for the fair", 3, "quick")
    assert (build.responsible, str(build.take_from), str(build.destination)) == (
        shop.bo,
        "Main shelf",
        "Finished goods",
    )
    assert (build.consume, build.start_date) == ("acceptance", datetime.date(2026, 3, 1))
    assert Event.objects.get(build=build).actor == shop.ada


def test_creating_refuses_with_every_reason(shop, radio, program):
    shop.company("Bolts Ltd")
    shop.switch_on(value=False)
    shop.part("SCREW", is_purchaseable=False)
    asked = ("build", "create", "SCREW", "0", "--external", "--manufacturer", "Bolts Ltd")
    assert program(*asked, status=1) == [
        "SCREW is not an assembly, so it cannot be built",
        "External build orders are switched off: an owner can switch BUILDORDER_EXTERNAL_BUILDS on in the settings",
        "SCREW is not purchaseable, so it cannot be built outside",
        "Bolts Ltd is not a manufacturer, so it cannot build SCREW",
        "0 is not a quantity: it must be more than 0",
    ]
    assert program.codes(*asked) == [
        "part_not_assembly", "external_builds_off", "part_not_purchaseable", "company_not_manufacturer",
        "quantity_not_positive",
    ]  # fmt: skip
    assert not Build.objects.exists()


def test_names_that_are_not_known_are_refused(shop, radio, build, program):
    assert program.codes("build", "show", "BO-0009") == ["build_unknown"]
    assert program.codes("build", "create", "NO-PART", "1") == ["part_unknown"]
    assert program.codes("build", "create", "RADIO", "1", "--destination", "Nowhere") == ["location_unknown"]
    assert program.codes("build", "order", "BO-0001", "Nobody") == ["company_name_unknown"]
    assert program.codes("build", "order", "BO-0001", "--on", "PO-0009") == ["order_unknown"]
    assert program.codes("build", "issue", "BO-0001", "--as", "nobody") == ["user_unknown"]
    lines = ("--line", "R-11K=we send", "--line", "9=we send", "--line", "CASE=we send")
    assert program("build", "supply", "BO-0001", *lines, status=1) == [
        "BO-0001 has no line for R-11K; it has 1: R-10K, 2: C-100N, 3: CASE",
        "BO-0001 has no line for 9; it has 1: R-10K, 2: C-100N, 3: CASE",
    ]


def test_wrong_use_ends_with_2(shop, build, program):
    for arguments in (
        ("supply", "BO-0001"),
        ("supply", "BO-0001", "--line", "CASE"),
        ("allocate", "BO-0001"),
        ("allocate", "BO-0001", "CASE=7"),
        ("deallocate", "BO-0001"),
        ("deallocate", "BO-0001", "CASE", "--all"),
        ("accept", "BO-0001"),
        ("accept", "BO-0001", "1", "--all"),
        ("accept", "BO-0001", "--all", "--key", "k-1"),
        ("reject", "BO-0001", "1"),
        ("reopen", "BO-0001"),
        ("scrap", "BO-0001", "1", "--reason", "dropped", "--line", "1"),
        ("create", "RADIO", "5", "--target", "tomorrow"),
        ("issue", "BO-0001", "--at", "yesterday"),
        ("issue",),
    ):
        assert program("build", *arguments, status=2), arguments


def test_supply_can_differ_at_one_manufacturer(shop, build, program):
    assert program("build", "supply", "BO-0001", "--all", "sometimes", status=1) == [
        "sometimes is no way of supply; it is one of we send, already there, they buy, shipped direct, undecided"
    ]
    program("build", "supply", "BO-0001", "--line", "3=undecided")
    asked = ("build", "supply", "BO-0001", "--line", "CASE=they buy", "--manufacturer", "Acme Assembly")
    assert program(*asked) == ["they buy (at Acme Assembly): CASE", "we send (at Acme Assembly): R-10K, C-100N"]
    line = build.lines.get(part__number="CASE")
    assert (line.supply, line.supply_choices.get().supply) == (None, "they buy")


def test_auto_allocation_explains_and_a_dry_run_changes_nothing(shop, build, program):
    shop.put("R-10K", 5, batch="B")
    dry = program("build", "auto-allocate", "BO-0001", "--dry-run", "--line", "R-10K")
    first, second = StockItem.objects.filter(part__number="R-10K").order_by("pk")
    assert dry == [
        "R-10K: 0 would be allocated, 40 missing",
        "    several lots fit (2): choose one, or say that they are interchangeable",
        f"    item {first.pk} (batch A)",
        f"    item {second.pk} (batch B)",
    ]
    answer = program.json("build", "auto-allocate", "BO-0001", "--interchangeable", "--order", "smallest", "--dry-run")
    assert [choice["text"] for choice in answer["data"]["lines"][0]["choices"]] == ["5 of 5 taken", "35 of 3412 taken"]
    assert answer["data"]["dry_run"] is True
    assert not StockItem.objects.filter(allocated__gt=0).exists()
    program("build", "auto-allocate", "BO-0001", "--interchangeable", "--from", "Main shelf")
    assert program("build", "auto-allocate", "BO-0001") == ["Nothing is needed."]


def test_exact_allocation_is_refused_with_every_reason(shop, build, program):
    case = StockItem.objects.get(part__number="CASE").pk
    assert program("build", "allocate", "BO-0001", f"CASE={case}:91", f"R-10K={case}:1", status=1) == [
        f"CASE, item {case}: 90 free, 91 asked for",
        f"Item {case} is CASE; the line of BO-0001 wants R-10K",
        f"CASE, item {case}: 90 free, 92 asked for",
    ]
    assert program.codes("build", "allocate", "BO-0001", "CASE=seven:1") == ["item_number_invalid"]
    assert program("build", "allocate", "BO-0001", f"CASE={case}:12") == [
        "1 allocation for BO-0001.",
        "Note: CASE: 12 are allocated, 10 are needed.",
    ]


def test_stock_is_allocated_to_one_unit(shop, build, program):
    program("build", "make", "BO-0001", "2", "--serials", "1-2", "--accept-manual-output", "--reason", "a sample")
    case = StockItem.objects.get(part__number="CASE")
    program("build", "allocate", "BO-0001", f"CASE={case.pk}:1@2")
    assert case.allocations.get().output == BuildOutput.objects.get(item__serial="2")
    assert program.codes("build", "allocate", "BO-0001", f"CASE={case.pk}:1@3") == ["units_unknown"]


def test_allocations_are_freed_by_line_item_and_quantity(shop, build, program):
    program("build", "auto-allocate", "BO-0001")
    case = StockItem.objects.get(part__number="CASE")
    assert program("build", "deallocate", "BO-0001", f"CASE={case.pk}:3", "R-10K") == [
        "2 allocations of BO-0001 freed."
    ]
    case.refresh_from_db()
    assert case.allocated == 7
    assert program.codes("build", "deallocate", "BO-0001", "R-10K=999:1") == ["nothing_allocated"]
    assert program("build", "deallocate", "BO-0001", "--all") == ["Nothing is allocated to BO-0001 any more."]
    assert not StockItem.objects.filter(allocated__gt=0).exists()


def test_sending_takes_the_reel_along_if_told(shop, build, program):
    program("build", "auto-allocate", "BO-0001")
    program("build", "send", "BO-0001", "--line", "R-10K", "--whole", "--to", "Acme Assembly", "--note", "box 1")
    reel = StockItem.objects.get(part__number="R-10K")
    assert (str(reel.location), reel.quantity, reel.allocated) == ("Acme Assembly", 3412, 40)
    assert Event.objects.latest("pk").reason == "box 1"
    assert program.codes("build", "send", "BO-0001", "--to", "Main shelf") == ["location_of_another_company"]


def test_ordering_extends_a_draft_and_says_what_is_strange(shop, build, program):
    program("build", "order", "BO-0001", "--units", "6")
    answer = program.json(
        "build", "order", "BO-0001", "Acme Assembly", "--on", "PO-0001", "--units", "7", "--price", "9.9"
    )
    assert answer["data"]["reference"] == "PO-0001"
    assert answer["data"]["line"] == 2
    assert answer["said"] == [
        {
            "code": "build_overordered",
            "build": "BO-0001",
            "planned": "10",
            "ordered": "13",
            "message": "BO-0001 is for 10 units, and 13 are ordered now",
        }
    ]
    assert program.codes("build", "order", "BO-0001") == ["build_ordered_in_full"]


def test_ordering_needs_a_manufacturer(shop, radio, program):
    shop.build(radio, 3, is_external=True)
    assert program.codes("build", "order", "BO-0001") == ["manufacturer_missing"]


def test_units_are_decided_by_serial_output_or_number(shop, build, program):
    manual = ("--accept-manual-output", "--reason", "a sample")
    assert program.codes("build", "make", "BO-0001", "5") == ["manual_output"]
    program("build", "make", "BO-0001", "5", "--batch", "W10", *manual)
    program("build", "make", "BO-0001", "3", "--serials", "SN-001+", *manual)
    batch = BuildOutput.objects.get(item__serial=None)
    assert program("build", "accept", "BO-0001", "--units", "2")[0].startswith("Accepted 2 units (output ")
    assert program("build", "reject", "BO-0001", batch.pk, "--units", "1", "--reason", "bent", "--without-components")
    assert program("build", "accept", "BO-0001", "--units", "3", status=1) == [
        "BO-0001 has 2 units in production without serial numbers, 3 were to be decided"
    ]
    assert program("build", "accept", "BO-0001", "SN-002-SN-004 SN-9", status=1) == [
        "BO-0001 has no unit or output SN-004, SN-9"
    ]
    assert program("build", "accept", "BO-0001", "SN-002-SN-003")[0] == "Accepted 2 units (SN-002, SN-003) of BO-0001."
    assert program.codes("build", "accept", "BO-0001", "SN-002") == ["output_decided"]
    assert program("build", "accept", "BO-0001", "--all")[0].startswith("Accepted 3 units (SN-001; output ")
    assert program.codes("build", "accept", "BO-0001", "--all") == ["nothing_in_production"]
    assert BuildOutput.objects.filter(state=OutputState.REJECTED, has_components=False).count() == 1


def test_scrapping_reports_units_that_never_come(shop, build, ordered, program):
    assert program("build", "scrap", "BO-0001", "2", "--reason", "oven", "--line", "PO-0001/1")[0] == (
        "2 units of BO-0001 were scrapped at the manufacturer."
    )
    assert BuildOutput.objects.get().purchase_line == ordered
    assert program.codes("build", "scrap", "BO-0001", "2", "--reason", "oven", "--manufacturer", "Nobody") == [
        "company_name_unknown"
    ]


def test_finishing_is_refused_until_it_is_accepted_as_it_is(shop, build, ordered, program):
    assert program.codes("build", "finish", "BO-0001") == ["build_incomplete"]
    program("build", "auto-allocate", "BO-0001")
    done = program("build", "finish", "BO-0001", "--accept-incomplete", "--reason", "the fair is over")
    assert done[0] == "BO-0001 is complete."
    assert sorted(line.partition(" of item")[0] for line in done[1:4]) == [
        "Free again: 10", "Free again: 40", "Free again: 70",
    ]  # fmt: skip
    assert done[4:] == ["Note: PO-0001 still has 10 on order."]


def test_a_key_makes_a_request_happen_once(shop, radio, program):
    create = ("build", "create", "RADIO", "5", "--key", "k-1")
    first = program.json(*create)
    assert program.json(*create) == first
    assert Build.objects.count() == 1
    assert program.codes("build", "create", "RADIO", "6", "--key", "k-1") == ["key_used_for_another_request"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15", "2026-01-15T11:00:00+00:00"),
        ("2026-07-15", "2026-07-15T10:00:00+00:00"),
        ("2026-01-15T08:30", "2026-01-15T07:30:00+00:00"),
        ("2026-01-15 08:30", "2026-01-15T07:30:00+00:00"),
        ("2026-01-15T08:30+05:00", "2026-01-15T03:30:00+00:00"),
    ],
)
def test_back_dating_is_in_the_time_zone_of_the_company(shop, radio, program, text, expected):
    shop.switch_on("TIME_ZONE", "Europe/Berlin")
    program("build", "create", "RADIO", "5", "--at", text)
    assert Event.objects.latest("pk").at == datetime.datetime.fromisoformat(expected)


def test_the_future_is_refused(shop, radio, program):
    assert program.codes("build", "create", "RADIO", "5", "--at", "2999-01-01") == ["time_in_the_future"]


def test_every_command_has_help(program):
    for group in (build_group, order_group):
        for name in group.commands:
            shown = program(group.name, name, "--help")
            assert shown[0].startswith("Usage:")
            assert "--json" in "\n".join(shown)
