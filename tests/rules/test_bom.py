from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.bom import (
    Edge,
    Include,
    PartKey,
    explode,
    find_cycle,
    tree,
    where_used,
)
from outwork.rules.refusals import Refusal
from outwork.rules.requirement import Need, required

D = Decimal


def bom(text: str) -> list[Edge]:
    """Lines "A > B 2 +10% +5 /17 flags": B goes into A twice, attrition, set-up, rounding."""
    edges = []
    for number, line in enumerate(text.strip().splitlines(), start=1):
        assembly, _, part, *rest = line.split()
        per_unit, attrition, setup, rounding = D(1), D(0), D(0), None
        flags = {}
        for word in rest:
            if word.endswith("%"):
                attrition = D(word.strip("+%"))
            elif word.startswith("+"):
                setup = D(word)
            elif word.startswith("/"):
                rounding = D(word[1:])
            elif word[0].isdigit():
                per_unit = D(word)
            else:
                flags[word] = True
        edges.append(Edge(assembly, part, Need(per_unit, attrition, setup, rounding), line_id=number, **flags))
    return edges


def totals(top: PartKey, units: int, edges: Sequence[Edge], **more: object) -> dict[PartKey, str]:
    found = explode(top, units, edges, **more)  # type: ignore[arg-type]
    return {one.part: f"{one.total.normalize():f}" for one in found}


ROBOT = bom("""
    robot > arm 2
    robot > board 1
    arm   > board 1
    arm   > screw 4
    board > R-10K 3 /17
    board > screw 2
""")


def test_it_works():
    found = explode("robot", 7, ROBOT)
    assert [(one.part, one.total, one.level, one.per_top, one.is_assembly) for one in found] == [
        ("arm", 14, 1, 2, True),
        ("board", 21, 2, 3, True),
        ("R-10K", 68, 3, 9, False),
        ("screw", 98, 3, 14, False),
    ]


def test_the_demand_of_all_parents_is_added_up_before_it_is_rounded():
    """21 boards need 68 resistors; 7 + 14 boards would round to 34 + 51 = 85."""
    assert totals("robot", 7, ROBOT)["R-10K"] == "68"


def test_attrition_and_set_up_add_up_down_the_levels():
    edges = bom("""
        top > sub 2 +10%
        sub > part 3 +5
    """)
    assert totals("top", 10, edges) == {"sub": "22", "part": "71"}


def test_a_part_may_stand_on_two_lines_of_one_assembly():
    assert totals("top", 3, bom("top > part 2\ntop > part 5 +1")) == {"part": "22"}


def test_nothing_is_needed_of_a_part_without_lines_and_for_no_units():
    assert explode("screw", 5, ROBOT) == []
    assert set(totals("robot", 0, bom("robot > part 1 +5")).values()) == {"0"}


@pytest.mark.parametrize(
    ("include", "needed"),
    [
        (Include(), {"glue": "1", "inside": "3"}),
        (Include(consumable=False), {"inside": "3"}),
        (Include(optional=True), {"option": "1", "glue": "1", "inside": "3"}),
        (Include(do_not_fit=True), {"glue": "1", "dnf": "1", "inside": "3"}),
        (Include(virtual=True), {"glue": "1", "phantom": "1", "inside": "3"}),
    ],
)
def test_lines_count_by_their_flags(include: Include, needed: dict[PartKey, str]):
    edges = bom("""
        top     > option 1 is_optional
        top     > glue   1 is_consumable
        top     > dnf    1 do_not_fit
        top     > phantom 1 is_virtual
        phantom > inside 3
        option  > never  1 do_not_fit
    """)
    assert totals("top", 1, edges, include=include) == needed


def test_what_is_bought_as_it_is_is_not_opened():
    found = {one.part: one for one in explode("robot", 7, ROBOT, stop_at={"board"})}
    assert set(found) == {"arm", "board", "screw"}
    assert found["screw"].total == 56
    assert not found["board"].is_assembly


@pytest.mark.parametrize(
    ("adding", "path"),
    [
        ("screw > robot", ["screw", "robot", "board", "screw"]),
        ("board > arm", ["board", "arm", "board"]),
        ("arm > arm", ["arm", "arm"]),
        ("board > washer", None),
        ("robot > screw 9", None),
        ("new > robot", None),
    ],
)
def test_find_cycle(adding: str, path: list[str] | None):
    assert find_cycle(ROBOT, bom(adding)) == path


def test_two_added_lines_can_make_a_cycle_together():
    assert find_cycle([], bom("a > b\nb > a")) == ["a", "b", "a"]


def test_refuses_to_explode_a_cycle():
    cycle = bom("top > a\na > b\nb > a")
    for ask in (lambda: explode("top", 1, cycle), lambda: where_used("b", cycle)):
        with pytest.raises(Refusal) as caught:
            ask()
        assert caught.value.codes == ["bom_cycle"]


def test_the_tree_shows_shared_parts_at_each_of_their_places():
    rows = tree("robot", ROBOT).rows
    assert [f"{'  ' * row.level}{row.edge.part} {row.quantity}" for row in rows] == [
        "  arm 2",
        "    board 2",
        "      R-10K 6",
        "      screw 4",
        "    screw 8",
        "  board 1",
        "    R-10K 3",
        "    screw 2",
    ]


def test_the_tree_shows_a_cycle_and_does_not_follow_it():
    rows = tree("a", bom("a > b\nb > a\nb > c")).rows
    assert [(row.edge.part, row.level, row.repeats) for row in rows] == [
        ("b", 1, False),
        ("a", 2, True),
        ("c", 2, False),
    ]


def test_the_tree_is_cut_at_its_limit():
    """Thirty levels of two shared lines are a thousand million paths."""
    edges = [edge for level in range(30) for edge in bom(f"p{level} > p{level + 1}\np{level} > p{level + 1} 2")]
    cut = tree("p0", edges, limit=100)
    assert (len(cut.rows), cut.is_cut) == (100, True)
    whole = tree("robot", ROBOT, limit=8)
    assert (len(whole.rows), whole.is_cut) == (8, False)


def test_where_used_goes_up_all_levels():
    assert [(use.assembly, use.quantity, use.level, use.is_top) for use in where_used("screw", ROBOT)] == [
        ("board", 2, 1, False),
        ("arm", 6, 1, False),
        ("robot", 14, 2, True),
    ]
    assert where_used("robot", ROBOT) == []


def test_where_used_leaves_out_what_is_not_fitted():
    assert where_used("x", bom("a > x 1 do_not_fit\nb > x 1 is_optional")) == where_used(
        "x", bom("b > x 1 is_optional")
    )


def layered(levels: int, width: int, lines: int) -> list[Edge]:
    """Each assembly of a level uses `lines` parts of the next, shared with its neighbours."""
    edges = [Edge("top", f"0.{column}", Need(D(1))) for column in range(width)]
    for level in range(levels):
        for column in range(width):
            for line in range(lines):
                part = f"{level + 1}.{(column * 7 + line) % width}"
                edges.append(Edge(f"{level}.{column}", part, Need(D(3), D("2.5"), D(5), D(10))))
    return edges


def test_ten_thousand_lines_on_five_levels_are_no_matter():
    edges = layered(levels=4, width=250, lines=10)
    assert len(edges) > 10_000
    found = explode("top", D("0.01"), edges)
    assert len(found) == 250 * 5


def test_thirty_levels_of_shared_assemblies_do_not_blow_up():
    edges = [edge for level in range(30) for edge in bom(f"p{level} > p{level + 1} 1\np{level} > p{level + 1} 1")]
    assert totals("p0", 1, edges[:-4])["p28"] == str(2**28)
    assert where_used("p30", edges)[-1].quantity == 2**30


@st.composite
def structures(draw: st.DrawFn) -> list[Edge]:
    """Lines from lower to higher numbers, so without a cycle."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4)), max_size=14))
    return [
        Edge(low, low + step, Need(D(draw(st.integers(1, 4))), rounding=draw(st.sampled_from([None, D(5)]))))
        for low, step in pairs
    ]


@given(structures(), st.integers(1, 20))
def test_each_part_is_needed_as_its_lines_ask_for(edges: list[Edge], units: int):
    total = {one.part: one.total for one in explode(0, units, edges)} | {0: D(units)}
    for part, needed in total.items():
        if part != 0:
            assert needed == sum(
                required(e.need, total[e.assembly]) for e in edges if e.part == part and e.assembly in total
            )


@given(structures())
def test_where_used_and_explode_agree(edges: list[Edge]):
    plain = [Edge(edge.assembly, edge.part, Need(edge.need.per_unit)) for edge in edges]
    for one in explode(0, 3, plain):
        assert one.total == 3 * one.per_top
        assert {use.assembly: use.quantity for use in where_used(one.part, plain)}[0] == one.per_top


@given(structures(), st.integers(0, 10), st.integers(0, 10))
def test_a_line_makes_a_cycle_if_its_assembly_is_below_its_part(edges: list[Edge], assembly: int, part: int):
    below = {one.part for one in explode(part, 1, edges)} | {part}
    found = find_cycle(edges, [Edge(assembly, part, Need(D(1)))])
    assert (found is not None) == (assembly in below)
