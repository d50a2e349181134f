"""What rights are called, and what includes what."""

from outwork.rules.roles import (
    RIGHTS,
    any_of,
    complete,
    in_words,
    needed_for_noun,
    needed_for_subject,
    needed_to_reverse,
)


def test_whoever_may_change_also_sees() -> None:
    assert complete({"stock": ["change"], "part": [], "bom": ["view"]}) == {
        "stock": {"view", "change"},
        "part": set(),
        "bom": {"view"},
    }


def test_rights_are_said_in_words() -> None:
    assert in_words(any_of("stock.change", "purchase_order.add")) == "change stock or add purchase orders"
    assert in_words(None) == "do everything"
    assert all(in_words(any_of(right)) for right in RIGHTS)


def test_the_right_hangs_on_what_is_named() -> None:
    assert needed_for_noun("remove", "Part") == any_of("part.delete")
    assert needed_for_noun("create", "SupplierPart") == any_of("purchase_order.add", "part.add")
    assert needed_for_noun("create", "Nonsense") is None
    assert needed_to_reverse("stock.moved") == any_of("stock.change")
    assert needed_to_reverse("build.finished") == any_of("build.change")
    assert needed_to_reverse("nonsense") is None
    assert needed_for_subject("write_comment", "build") == any_of("build.view")
    assert needed_for_subject("attach", "build") == any_of("build.change")
    assert needed_for_subject("attach", "nonsense") is None
