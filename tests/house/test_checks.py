"""Every house check has been seen to fail: on a tiny source that breaks the rule, and not on one that keeps it."""

import pytest

from tests.house import checks

CASES = [
    (checks.django_imports, "import math\nfrom django.db import models", [2]),
    (checks.django_imports, "import django.utils.timezone", [1]),
    (checks.django_imports, "from outwork.rules import states\nimport djangonaut", []),
    (checks.signal_imports, "from django.db.models.signals import post_save", [1]),
    (checks.signal_imports, "from django.db.models import signals", [1]),
    (checks.signal_imports, "from django.dispatch import receiver", [1]),
    (checks.signal_imports, "import signal", []),
    (checks.decimals_in_expressions, 'x.update(q=F("q") - Decimal("1.5"))', [1]),
    (checks.decimals_in_expressions, 'x.update(\n  q=models.F("q") + (1 + decimal.Decimal(2)))', [2]),
    (checks.decimals_in_expressions, 'x.update(q=F("q") - 150000)\ny = Decimal("1") * 2', []),
    (checks.writes, "part.save()", [1]),
    (checks.writes, "Part.objects.filter(pk=1).update(name='x')", [1]),
    (checks.writes, "Part.objects.bulk_create(parts)\nbuild.delete()", [1, 2]),
    (checks.writes, "SQL = '''\n  insert into outwork_part values (1)'''", [1]),
    (checks.writes, "SQL = 'WITH a AS (SELECT 1) DELETE FROM outwork_part'", [1]),
    (checks.writes, "receive(order=order)\ntext = 'Update the part'\nPart.objects.filter(pk=1).first()", []),
    (checks.movements_made, "Movement(quantity=1)", [1]),
    (checks.movements_made, "models.Movement(quantity=1)", [1]),
    (checks.movements_made, "Movement.objects.create(quantity=1)", [1]),
    (checks.movements_made, "Movement.objects.using('x').bulk_create(rows)", [1]),
    (checks.movements_made, "SQL = 'INSERT INTO outwork_movement (id) VALUES (1)'", [1]),
    (checks.movements_made, "Movement.objects.filter(item=1)\nPlannedMovement(1)\nMovementRow(1)", []),
    (checks.private_words, "see https://py" + "pi.org/project/x", ["py" + "pi.org"]),
    (checks.private_words, "cd /wo" + "rk/main", ["/wo" + "rk/"]),
    (checks.private_words, "docs/framework/working, network/work", []),
]


@pytest.mark.parametrize(("check", "source", "expected"), CASES)
def test_the_check_finds_what_it_should(check, source, expected) -> None:
    assert check(source) == expected


def test_a_module_opens_with_a_sentence() -> None:
    assert checks.opening_sentence_missing("x = 1")
    assert checks.opening_sentence_missing('"""Receiving"""')
    assert not checks.opening_sentence_missing('"""Receiving a line\nof an order.\n\nMore on it\n"""')
