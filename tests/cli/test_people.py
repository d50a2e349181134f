"""Users, groups and roles from the command line, and commands in the name of somebody with few rights."""

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import Event, Part, User

pytestmark = pytest.mark.django_db


def test_it_works(program) -> None:
    assert program("group", "create", "Stores", "--may", "stock=add,change", "--may", "build=view") == [
        "Made group Stores."
    ]
    made = program("user", "create", "eve", "--first-name", "Eve", "--group", "stores", "--mail", "eve@example.com")
    assert made == ["Made user eve."]
    assert program("user", "list") == [
        "user     name     mail             groups  is",
        "eve      Eve      eve@example.com  Stores",
        "outwork  Outwork                           the program itself",
    ]
    assert program("user", "show", "eve") == [
        "eve (Eve)",
        "  mail: eve@example.com",
        "  groups: Stores",
        "  may view, add, change stock",
        "  may view build orders",
    ]
    assert program("group", "show", "Stores") == [
        "Stores",
        "  members: eve",
        "  area   may",
        "  stock  view, add, change",
        "  build  view",
    ]
    assert program.json("user", "show", "eve")["rights"] == ["build.view", "stock.add", "stock.change", "stock.view"]


def test_a_password_comes_from_the_input_and_is_shown_nowhere(program) -> None:
    program("user", "create", "eve")
    result = CliRunner().invoke(main, ["user", "password", "eve", "--password-stdin"], input="reels-and-trays\n")
    assert (result.exit_code, result.output) == (0, "eve has a new password.\n")
    assert User.objects.get(username="eve").check_password("reels-and-trays")
    assert "reels" not in str([event.data for event in Event.objects.all()])
    weak = CliRunner().invoke(main, ["user", "create", "fay", "--password-stdin"], input="12345\n")
    assert weak.exit_code == 1
    assert not User.objects.filter(username="fay").exists()
    program("user", "password", "eve", status=2)


def test_who_leaves_may_do_nothing(program) -> None:
    program("user", "create", "eve", "--superuser")
    program("user", "create", "fay", "--superuser")
    assert program("user", "change", "eve", "--left", "--last-name", "Moor") == ["eve: changed is_active, last_name."]
    assert program("user", "show", "eve") == ["eve (Moor), who left", "  may do nothing"]
    assert program.codes("user", "change", "fay", "--no-superuser") == ["last_superuser"]
    program("user", "change", "eve", status=2)


def test_roles_are_set_area_by_area(program) -> None:
    program("group", "create", "Stores")
    assert program("role", "set", "Stores", "stock", "change") == ["Stores may view, change in stock."]
    assert program("role", "set", "Stores", "stock", "change") == ["Stores may do that in stock already."]
    assert program("role", "set", "Stores", "build", "all") == ["Stores may view, add, change, delete in build orders."]
    (line,) = [line for line in program("role", "list") if line.startswith("build")]
    assert line.split(maxsplit=3)[3] == "Stores: view, add, change, delete"
    assert program("role", "set", "Stores", "stock", "none") == ["Stores may do nothing in stock."]
    assert program.codes("role", "set", "Stores", "sales", "view") == ["area_unknown"]
    assert program.codes("group", "change", "Stores", "--may", "stock=move") == ["verb_unknown"]
    assert program("group", "change", "Stores", "--name", "Store") == ["Stores: changed name."]
    assert program.json("group", "list")[0]["roles"] == {"build": ["view", "add", "change", "delete"]}
    assert program("group", "remove", "Store") == ["Removed group Store."]
    assert program("group", "list") == ["There are no groups."]


def test_a_command_in_somebodys_name_has_that_persons_rights_only(program) -> None:
    program("group", "create", "Drawing office", "--may", "part=add")
    program("user", "create", "eve", "--group", "Drawing office")
    program("part", "create", "R-10K", "--as", "eve")
    assert program("category", "create", "Resistors", "--as", "eve", status=1) == [
        "eve may not do this; it takes the right to add categories of parts"
    ]
    assert program.codes("settings", "set", "COMPANY_NAME", "Eve & Co", "--as", "eve") == ["not_permitted"]
    assert Part.objects.get().name == "R-10K"


def test_refuses_who_is_unknown(program) -> None:
    assert program.codes("user", "show", "nobody") == ["user_unknown"]
    assert program.codes("group", "show", "Nobody") == ["group_unknown"]
    assert program.codes("user", "create", "eve", "--group", "Nobody") == ["group_unknown"]
    assert not User.objects.filter(username="eve").exists()


def test_a_command_tells_no_amounts_to_who_may_not_see_prices(program, shop) -> None:
    """A buyer who adds a line reads how much was ordered; with the right to see prices also at which price."""
    sold = shop.sells(shop.company("Reichelt"), shop.part("R-10K"), price="0.77", sku="RE-10K")
    program("order", "create", "Reichelt")
    program("group", "create", "Buyers", "--may", "purchase_order=all")
    program("user", "create", "eve", "--group", "Buyers")
    assert program("order", "add", "PO-0001", sold.sku, "5", "--as", "eve")[0].endswith("at (hidden).")
    program("role", "set", "Buyers", "price", "view")
    assert program("order", "add", "PO-0001", sold.sku, "5", "--as", "eve")[0].endswith("at 0.77 EUR.")
