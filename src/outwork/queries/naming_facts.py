"""Which row is meant by what people type, of what hangs on parts and companies: contacts, prices, tests, parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, Q

from outwork.models import (
    Address,
    Build,
    Company,
    Contact,
    InternalPrice,
    LocationType,
    ManufacturerPart,
    Owner,
    Parameter,
    ParameterTemplate,
    Part,
    ProjectCode,
    PurchaseOrder,
    RelatedPart,
    SupplierPart,
    TestTemplate,
)
from outwork.queries.naming import below_owner, only_one
from outwork.rules.quantities import as_text, decimal
from outwork.rules.refusals import Refusal, Where, declare, refuse
from outwork.rules.subjects import SubjectKind

declare(
    address_unknown="There is no address {name}",
    contact_unknown="There is no contact {name}",
    internal_price_unknown="There is no internal price {name}",
    location_type_unknown="There is no type of location {name}",
    owner_name_unknown="There is no user and no group {name}",
    parameter_unknown="There is no parameter {name}",
    parameter_template_unknown="There is no parameter template {name}",
    project_code_unknown="There is no project code {name}",
    related_part_unknown="There are no related parts {name}",
    test_template_unknown="There is no test template {name}",
)

Row = TypeVar("Row", bound=Model)

_CALLED: dict[SubjectKind, tuple[type[Model], tuple[str, ...]]] = {
    SubjectKind.PART: (Part, ("number", "name", "number_key")),
    SubjectKind.COMPANY: (Company, ("name",)),
    SubjectKind.SUPPLIER_PART: (SupplierPart, ("sku",)),
    SubjectKind.MANUFACTURER_PART: (ManufacturerPart, ("mpn",)),
    SubjectKind.BUILD: (Build, ("reference",)),
    SubjectKind.ORDER: (PurchaseOrder, ("reference",)),
}


def location_type_named(name: str, *, where: Where = ("location_type",)) -> LocationType:
    """The type of location of that name, in any case; one statement. Refuses location_type_unknown."""
    found = only_one(LocationType.objects.filter(name__iexact=name.strip()), name, "name", where=where)
    return found if found is not None else refuse("location_type_unknown", name=name, where=where)


def project_code_named(name: str, *, where: Where = ("project_code",)) -> ProjectCode:
    """The project code, in any case; one statement. Refuses project_code_unknown."""
    found = only_one(ProjectCode.objects.filter(code__iexact=name.strip()), name, "code", where=where)
    return found if found is not None else refuse("project_code_unknown", name=name, where=where)


def parameter_template_named(name: str, *, where: Where = ("template",)) -> ParameterTemplate:
    """The parameter template of that name, in any case; one statement. Refuses parameter_template_unknown."""
    found = only_one(ParameterTemplate.objects.filter(name__iexact=name.strip()), name, "name", where=where)
    return found if found is not None else refuse("parameter_template_unknown", name=name, where=where)


def owner_named(name: str, *, where: Where = ("owner",)) -> Owner:
    """The user or group of that name, in any case; one statement. Refuses owner_name_unknown, name_ambiguous."""
    text = name.strip()
    ways = Q(user__username__iexact=text) | Q(group__name__iexact=text)
    found = list(Owner.objects.filter(ways).select_related("user", "group"))
    exact = [one for one in found if str(one) == text] or found
    if len(exact) > 1:
        kinds = [f"{'user' if one.user_id else 'group'} {one} (id={one.pk})" for one in exact]
        refuse("name_ambiguous", name=text, found=kinds, where=where)
    return exact[0] if exact else refuse("owner_name_unknown", name=name, where=where)


def contact_named(name: str, *, where: Where = ("contact",)) -> Contact:
    """The contact of that name, or COMPANY/NAME; one statement. Refuses contact_unknown, name_ambiguous."""
    found = below_owner(Contact, name, "name", "company")
    return _single(found, name, [f"{one.company}/{one.name} (id={one.pk})" for one in found], "contact_unknown", where)


def address_named(name: str, *, where: Where = ("address",)) -> Address:
    """The address of that title, or COMPANY/TITLE; one statement. Refuses address_unknown, name_ambiguous."""
    found = below_owner(Address, name, "title", "company")
    return _single(found, name, [f"{one.company}/{one.title} (id={one.pk})" for one in found], "address_unknown", where)


def template_named(name: str, *, where: Where = ("template",)) -> TestTemplate:
    """The test of that name, or PART/NAME; one statement. Refuses test_template_unknown, name_ambiguous."""
    found = below_owner(TestTemplate, name, "name", "part")
    known = [f"{one.part.label}/{one.name} (id={one.pk})" for one in found]
    return _single(found, name, known, "test_template_unknown", where)


def related_part_named(name: str, *, where: Where = ("related_part",)) -> RelatedPart:
    """The pair PART/PART, either way round; one statement. Refuses related_part_unknown, name_ambiguous."""
    ways = Q()
    for left, right in _halves(name):
        for first, second in ((left, right), (right, left)):
            ways |= _part_called("part", first) & _part_called("other", second)
    found = list(RelatedPart.objects.filter(ways).select_related("part", "other")) if ways else []
    known = [f"{one.part.label}/{one.other.label} (id={one.pk})" for one in found]
    return _single(found, name, known, "related_part_unknown", where)


def internal_price_named(name: str, *, where: Where = ("internal_price",)) -> InternalPrice:
    """The price PART/QUANTITY; one statement. Refuses internal_price_unknown, name_ambiguous."""
    ways = Q()
    for left, right in _halves(name):
        try:
            ways |= _part_called("part", left) & Q(quantity=decimal(right))
        except (Refusal, ValueError):
            continue
    found = list(InternalPrice.objects.filter(ways).select_related("part")) if ways else []
    known = [f"{one.part.label}/{as_text(one.quantity)} (id={one.pk})" for one in found]
    return _single(found, name, known, "internal_price_unknown", where)


def parameter_named(name: str, *, where: Where = ("parameter",)) -> Parameter:
    """The parameter THING/TEMPLATE; one statement. Refuses parameter_unknown, name_ambiguous."""
    ways = Q()
    for left, right in _halves(name):
        for kind, (model, fields) in _CALLED.items():
            called = Q()
            for field in fields:
                called |= Q(**{f"{field}__iexact": left})
            things = model._default_manager.filter(called).values("pk")
            ways |= Q(template__name__iexact=right, subject_kind=kind.value, subject_id__in=things)
    found = list(Parameter.objects.filter(ways).select_related("template")) if ways else []
    known = [f"{one.template} of a {one.subject_kind} (id={one.pk})" for one in found]
    return _single(found, name, known, "parameter_unknown", where)


def _halves(name: str) -> Iterator[tuple[str, str]]:
    """What stands before and behind each stroke."""
    text = name.strip()
    for at, letter in enumerate(text):
        if letter == "/":
            yield text[:at].strip(), text[at + 1 :].strip()


def _part_called(field: str, name: str) -> Q:
    return Q(**{f"{field}__number": name}) | Q(**{f"{field}__name": name}) | Q(**{f"{field}__number_key": name})


def _single(found: list[Row], name: str, known: list[Any], code: str, where: Where) -> Row:
    if len(found) > 1:
        refuse("name_ambiguous", name=name, found=known, where=where)
    return found[0] if found else refuse(code, name=name, where=where)
