"""Which parts of ours a file means: by number, maker's number, SKU or words, and never by a guess."""

from decimal import Decimal
from typing import Any

from outwork.rules.bom_matching import NOT_SPECIFIED, Catalogue, KnownPart, Matching, NewPart, match
from outwork.rules.bomfile import Alternate, BomLine, Offer

OURS = [
    KnownPart(1, "R-1", "Resistor", ""),
    KnownPart(2, "", "NE555P", ""),
    KnownPart(3, "", "10k R_0402", "10k R_0402"),
    KnownPart(4, "C-1", "Capacitor", "", is_active=False),
    KnownPart(5, "C-1", "Capacitor", ""),
    KnownPart(6, "OLD", "Old", "", is_active=False),
]
CATALOGUE = Catalogue(OURS, [(1, "Yageo", "RC0402-10K"), (5, "Murata", "GRM-1")], [(5, "Digi-Key", "490-1")])


def line(*identity: str, **facts: Any) -> BomLine:
    facts = {"do_not_fit": False, "designators": ("R1",), "quantity": Decimal(1), "rows": (2,), **facts}
    return BomLine(identity=identity, **facts)


def parts(*lines: BomLine) -> list[int | str]:
    """The id of each line's part, or the name of the one to be made."""
    return [one.part.name if isinstance(one.part, NewPart) else one.part.id for one in match(lines, CATALOGUE).placed]


def codes(matching: Matching) -> list[str]:
    return [warning.code for warning in matching.warnings.found]


def test_it_works() -> None:
    assert parts(
        line("internal", "r-1", internal_number="r-1"),
        line("mpn", "yageo", "rc", manufacturer="YAGEO", mpn="rc0402−10k"),
        line("sku", "", "490-1", offers=(Offer("", "490-1"),)),
        line("described", "10k", value="10k", footprint="x:R_0402"),
        line("mpn", "", "new", mpn="NEW-1"),
    ) == [1, 1, 5, 3, "NEW-1"]


def test_of_two_with_one_number_the_active_one_is_meant() -> None:
    matching = match([line("internal", "c-1", internal_number="C-1")], CATALOGUE)
    assert (list(matching.matched), matching.reasons.found, matching.warnings.found) == ([5], [], [])


def test_two_active_ones_are_no_guess() -> None:
    twice = Catalogue([*OURS, KnownPart(7, "R-1", "Resistor", "")], [], [])
    matching = match([line("internal", "r-1", internal_number="R-1", rows=(4, 9))], twice)
    (reason,) = matching.reasons.found
    assert (reason.code, reason.params["rows"], reason.where) == ("bom_part_ambiguous", [4, 9], ("rows", 4))
    assert "R-1 (#1), R-1 (#7)" in reason.text()


def test_a_part_that_is_not_active_any_more_is_said_once() -> None:
    lines = [line("internal", "old", internal_number="OLD", do_not_fit=flag) for flag in (False, True)]
    assert codes(match(lines, CATALOGUE)) == ["bom_part_inactive"]


def test_a_name_stands_for_a_number_only_where_nothing_else_is_known() -> None:
    matching = match([line("mpn", "ti", "ne555p", manufacturer="TI", mpn="NE555P")], CATALOGUE)
    assert (list(matching.matched), codes(matching)) == ([2], ["bom_maker_added"])
    assert matching.learned == [(OURS[1], Alternate("TI", "NE555P"))]


def test_our_number_among_the_manufacturer_part_numbers_is_our_part() -> None:
    matching = match([line("mpn", "", "r-1", mpn="r-1")], CATALOGUE)
    assert list(matching.matched) == [1]
    assert [one.text() for one in matching.warnings.found] == [
        "r-1 is no manufacturer part number we know, but our number of R-1: that part was taken"
    ]
    assert matching.learned == []
    twice = Catalogue([*OURS, KnownPart(7, "R-1", "Resistor", "")], [], [])
    assert isinstance(match([line("mpn", "", "r-1", mpn="R-1")], twice).placed[0].part, NewPart)


def test_new_parts_get_names_that_are_free() -> None:
    assert parts(
        line("mpn", "", "old", mpn="Old"),
        line("described", "a", value="10k", footprint="R_0402", description="thin"),
        line("described", "b", value="10k", footprint="R_0402", description="thick"),
        line("described", "c", value="10k", footprint="R_0402", description="thick"),
    ) == [6, "10k R_0402, thin", "10k R_0402, thick", "10k R_0402 (2)"]
    long = "x" * 100
    first, second = (line("described", text, value=long, description=text) for text in ("a", "b"))
    assert [len(str(name)) for name in parts(first, second)] == [100, 100]


def test_a_new_number_keeps_all_its_makers() -> None:
    others = (Alternate("B", "B-1"), Alternate("", "C-1"))
    matching = match(
        [line("internal", "n", internal_number="N", manufacturer="A", mpn="A-1", alternates=others)], CATALOGUE
    )
    (new,) = matching.new
    assert (new.number, new.name, new.makers) == ("N", "A-1", [Alternate("A", "A-1"), Alternate("B", "B-1")])
    assert codes(matching) == ["bom_mpn_without_maker"]
    assert matching.placed[0].substitutes == ()


def test_alternates_without_a_number_of_ours_are_parts_that_stand_in() -> None:
    others = (Alternate("Yageo", "RC0402-10K"), Alternate("B", "B-1"))
    matching = match([line("mpn", "a", "a-1", manufacturer="A", mpn="A-1", alternates=others)], CATALOGUE)
    (placed,) = matching.placed
    assert [one.name for one in placed.substitutes] == ["Resistor", "B-1"]
    assert [one.name for one in matching.new] == ["A-1", "B-1"]


def test_lines_that_name_no_part_share_one() -> None:
    matching = match(
        [
            line(do_not_fit=True, designators=("TP10",), value="GND"),
            line(designators=("X1",)),
            line(do_not_fit=True, designators=("TP9",), value="VCC"),
        ],
        CATALOGUE,
    )
    assert [(one.line.designators, one.line.do_not_fit) for one in matching.placed] == [
        (("TP9", "TP10"), True),
        (("X1",), False),
    ]
    assert [one.name for one in matching.new] == [NOT_SPECIFIED]
