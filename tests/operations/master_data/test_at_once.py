"""Two people change the master data in the same moment: one of them is told why not."""

import pytest

from outwork.models import BomLine, Part
from outwork.operations.master_data import change, create
from outwork.rules.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_lines_that_close_a_circle_together(shop, at_once):
    a, b = shop.assembly("A"), shop.assembly("B")

    def into(assembly, part):
        row = {"assembly": assembly.pk, "part": part.pk, "quantity": 1}
        return lambda: create(model=BomLine, rows=[row], **shop.by_ada)

    answers = at_once(into(a, b), into(b, a))
    assert [one.codes for one in answers if isinstance(one, Refusal)] == [["bom_cycle"]]
    assert BomLine.objects.count() == 1


def test_one_part_number_for_eight_parts(shop, at_once):
    def numbered(count):
        return lambda: create(model=Part, rows=[{"number": "R-10K", "name": f"Part {count}"}], **shop.by_ada)

    answers = at_once(*(numbered(count) for count in range(8)))
    assert [one.codes for one in answers if isinstance(one, Refusal)] == [["part_number_used"]] * 7
    assert Part.objects.get().number == "R-10K"


def test_many_rows_in_opposite_order(shop, at_once):
    ids = [shop.part(f"P-{number}").pk for number in range(50)]

    def described(order, text):
        rows = [{"id": pk, "description": text} for pk in order]
        return lambda: change(model=Part, rows=rows, **shop.by_ada)

    answers = at_once(described(ids, "up"), described(ids[::-1], "down"))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert len(set(Part.objects.values_list("description", flat=True))) == 1
