"""Locations: their paths, whose they are, and what lies in them."""

import pytest

from outwork.models import Location
from outwork.operations.master_data import change


def paths():
    return list(Location.objects.order_by("path").values_list("path", flat=True))


def test_it_works(shop, make, amend):
    site = make(Location, name="Site")
    hall = make(Location, name="Hall", parent=site)
    make(Location, name="Shelf", parent=hall)
    assert paths() == ["Site", "Site/Hall", "Site/Hall/Shelf"]
    amend(site, name="Works")
    assert paths() == ["Works", "Works/Hall", "Works/Hall/Shelf"]
    yard = make(Location, name="Yard")
    amend(hall, parent=yard)
    assert paths() == ["Works", "Yard", "Yard/Hall", "Yard/Hall/Shelf"]


def test_what_lies_at_a_company_is_its_place(shop, make, amend):
    acme = shop.company("Acme")
    site = make(Location, name="Acme", company=acme)
    dock = make(Location, name="Dock", parent=site)
    assert (site.is_external, dock.company, dock.is_external) == (True, acme, True)
    hall = make(Location, name="Hall")
    shelf = make(Location, name="Shelf", parent=hall)
    amend(hall, parent=site)
    shelf.refresh_from_db()
    assert (shelf.company, shelf.path) == (acme, "Acme/Hall/Shelf")
    other = shop.company("Other")
    amend(site, company=other)
    assert set(Location.objects.values_list("company", flat=True)) == {other.pk}


def test_refuses_a_place_of_two_companies(shop, make, amend, refusing):
    acme, other = shop.company("Acme"), shop.company("Other")
    site = make(Location, name="Acme", company=acme)
    assert refusing(make, Location, name="Dock", parent=site, company=other).code == "location_company_conflicts"
    dock = make(Location, name="Dock", parent=site)
    assert refusing(amend, dock, company=None).code == "location_company_conflicts"
    hall = make(Location, name="Hall")
    room = make(Location, name="Room", parent=hall, company=other)
    reason = refusing(amend, hall, parent=site)
    assert (reason.code, reason.params["location"]) == ("location_company_conflicts", "Acme/Hall/Room")
    assert room.company == other


def test_refuses_to_make_another_companys_place_of_where_stock_lies(shop, make, amend, refusing):
    shop.put("R-10K", 5, "Main shelf")
    shelf = shop.location("Main shelf")
    reason = refusing(amend, shelf, company=shop.company("Acme"))
    assert (reason.code, reason.params["count"]) == ("location_company_relied_on", 1)
    site = make(Location, name="Acme", company=shop.company("Acme"))
    assert refusing(amend, shelf, parent=site).code == "location_company_relied_on"


def test_refuses_to_make_a_structure_of_where_stock_lies(shop, amend, drop, refusing):
    shop.put("R-10K", 5, "Main shelf")
    shelf = shop.location("Main shelf")
    reason = refusing(amend, shelf, is_structural=True)
    assert (reason.code, reason.params["count"]) == ("flag_relied_on", 1)
    assert refusing(drop, shelf).params["counts"]["stock items"] == 1
    assert amend(shop.location("Second shelf"), is_structural=True).is_structural


def test_refuses_a_circle_and_a_path_without_end(make, amend, refusing):
    top = make(Location, name="A")
    low = make(Location, name="C", parent=make(Location, name="B", parent=top))
    assert refusing(amend, top, parent=low).params["path"] == "A < C < B < A"
    at = low
    for number in range(4):
        at = make(Location, name=f"{number}" + "x" * 99, parent=at)
    assert refusing(make, Location, name="y" * 99, parent=at).code == "location_path_too_long"


def test_refuses_to_remove_what_has_something_below_it(make, drop, refusing):
    top = make(Location, name="A")
    low = make(Location, name="B", parent=top)
    assert refusing(drop, top).params["counts"] == {"what lies below it": 1}
    drop(low)
    drop(top)
    assert not Location.objects.exists()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_tree_moves_at_a_fixed_cost(shop, statements, count):
    top, other = shop.location("Top"), shop.location("Other")
    Location.objects.bulk_create(
        Location(name=f"{number}", parent=top, path=f"Top/{number}") for number in range(count)
    )
    with statements() as seen:
        change(model=Location, rows=[{"id": top.pk, "parent": other}], **shop.by_ada)
    assert len(seen) <= 10
    assert Location.objects.filter(path__startswith="Other/Top/").count() == count


def test_refuses_a_name_that_reads_like_a_path(make, refusing, amend):
    site = make(Location, name="Site")
    reason = refusing(make, Location, name="Hall/Shelf", parent=site)
    assert (reason.code, reason.where) == ("location_name_slash", (0, "name"))
    assert refusing(amend, site, name="A/B").code == "location_name_slash"
    assert paths() == ["Site"]
