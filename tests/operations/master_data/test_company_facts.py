"""People and sites of companies, their names, and what they say is in stock."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Address, Company, Contact, SupplierPart
from outwork.operations.master_data import change, create, remove
from outwork.rules.refusals import Refusal
from tests.races import at_once


@pytest.fixture
def acme(shop):
    return shop.company("Acme")


def primary(company):
    return [one.title for one in Address.objects.filter(company=company, is_primary=True)]


def test_a_name_that_differs_in_nothing_but_case_is_refused_and_the_other_is_named(shop, make, amend, refusing, acme):
    reason = refusing(make, Company, name="ACME", email="other@acme.example")
    assert (reason.code, reason.params) == ("name_differs_in_case", {"name": "ACME", "standing": "Acme"})
    umlaut = make(Company, name="Müller")
    assert refusing(make, Company, name="MÜLLER").params["standing"] == "Müller"
    assert refusing(amend, umlaut, name="acme").code == "name_differs_in_case"
    assert amend(acme, name="ACME").name == "ACME"
    assert make(Company, name="ACME", email="branch@acme.example").name == "ACME"
    with pytest.raises(Refusal) as refusal:
        create(model=Company, rows=[{"name": "Beta"}, {"name": "BETA"}], **shop.by_ada)
    assert [(one.code, one.where) for one in refusal.value.reasons] == [("name_differs_in_case", (1, "name"))]


def test_terms_of_a_company(make):
    made = make(Company, name="Beta", tax_number="DE123456789", payment_terms="30 days net", incoterm="FCA Shenzhen")
    assert (made.tax_number, made.payment_terms, made.incoterm) == ("DE123456789", "30 days net", "FCA Shenzhen")


def test_people(shop, make, amend, refusing, acme):
    cy = make(Contact, company=acme, name="Cy", email="cy@acme.example", phone="+49 1")
    assert amend(cy, role="sales").role == "sales"
    assert refusing(amend, cy, company=shop.company("Beta")).code == "field_fixed"
    assert refusing(amend, cy, email="nobody").code == "email_invalid"
    assert refusing(make, Contact, company=acme, name=" ").code == "value_missing"
    assert refusing(remove, model=Company, ids=[acme.pk], **shop.by_ada).params["counts"] == {"contacts": 1}


def test_the_first_address_is_primary_and_a_new_primary_takes_its_place(shop, make, amend, drop, acme):
    works = make(Address, company=acme, title="Works")
    office = make(Address, company=acme, title="Office")
    other = make(Address, company=shop.company("Beta"), title="Hall")
    assert (primary(acme), primary(other.company)) == (["Works"], ["Hall"])
    amend(office, is_primary=True)
    assert primary(acme) == ["Office"]
    amend(office, is_primary=False)
    assert primary(acme) == ["Works"]
    drop(works)
    assert primary(acme) == ["Office"]
    amend(office, is_primary=False)
    assert primary(acme) == ["Office"]
    drop(office)
    assert primary(acme) == []


def test_refuses_two_primary_addresses_of_one_company(shop, acme):
    rows = [{"company": acme, "title": title, "is_primary": True} for title in ("A", "B")]
    with pytest.raises(Refusal) as refusal:
        create(model=Address, rows=rows, **shop.by_ada)
    assert refusal.value.code == "primary_twice"
    assert not Address.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_addresses_at_once_leave_one_primary(shop, acme):
    def add(title):
        return lambda: create(model=Address, rows=[{"company": acme.pk, "title": title}], **shop.by_ada)

    at_once(*(add(f"Site {number}") for number in range(4)))
    assert (Address.objects.count(), len(primary(acme))) == (4, 1)


def test_a_supplier_part_that_goes_to_another_part_leaves_a_primary_behind(shop, make, amend, acme):
    first, second = shop.part("R-10K"), shop.part("R-12K")
    moved = make(SupplierPart, part=first, supplier=acme, sku="A")
    stays = make(SupplierPart, part=first, supplier=acme, sku="B")
    assert (moved.is_primary, stays.is_primary) == (True, False)
    assert amend(moved, part=second).is_primary
    stays.refresh_from_db()
    assert stays.is_primary


def test_what_a_supplier_has_is_known_as_of_the_day_it_was_said(shop, make, amend, refusing, acme):
    sold = make(SupplierPart, part=shop.part("R-10K"), supplier=acme, sku="A")
    assert (sold.available, sold.available_at) == (None, None)
    sold = amend(sold, available="12.5")
    assert (sold.available, sold.available_at) == (Decimal("12.5"), shop.now)
    change(model=SupplierPart, rows=[{"id": sold.pk, "available": "12.5"}], **shop.by(shop.ada, days=0.5))
    sold.refresh_from_db()
    assert sold.available_at == shop.now + datetime.timedelta(days=0.5)
    assert amend(sold, sku="B").available_at == sold.available_at
    assert amend(sold, available=None).available_at is None
    assert refusing(amend, sold, available_at=shop.now).code == "field_derived"
