import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.refusals import Refusal
from outwork.rules.serials import increment, parse_serials, serial_number, serial_text


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


@pytest.mark.parametrize(
    ("text", "count", "latest", "serials"),
    [
        # the table of semantics D2, row by row
        ("1-5", 5, None, numbers(1, 5)),
        ("001-010", 10, None, [f"{number:03d}" for number in range(1, 11)]),
        ("A001-A003", 3, None, ["A001", "A002", "A003"]),
        ("5+", 3, None, ["5", "6", "7"]),
        ("2+2", 3, None, ["2", "3", "4"]),
        ("+3", 3, None, ["1", "2", "3"]),
        ("~", 1, "7", ["8"]),
        ("~+", 3, "7", ["8", "9", "10"]),
        ("~+2", 3, "13", ["14", "15", "16"]),
        ("~,~,~", 3, "7", ["8", "9", "10"]),
        ("1 3-5 9+2", 7, None, ["1", "3", "4", "5", "9", "10", "11"]),
        ("1,2,3,AF5-69H,5", 5, None, ["1", "2", "3", "AF5-69H", "5"]),
        ("A-1-2,3", 2, None, ["A-1-2", "3"]),
        ("1-5", 1, None, ["1-5"]),
        # G28: the first of all is 1
        ("~", 1, None, ["1"]),
        ("~+", 3, None, ["1", "2", "3"]),
        ("~ ~", 2, None, ["1", "2"]),
        # what the grammar says elsewhere
        ("  4 ,, 7\n12\t13 ", 4, None, ["4", "7", "12", "13"]),
        ("3 10+", 4, None, ["3", "10", "11", "12"]),
        ("1-3 5+", 3, None, ["1", "2", "3"]),  # nothing is left for the sequence
        ("A-1-2 5+", 3, None, ["A-1-2", "5", "6"]),
        ("098-101", 4, None, ["098", "099", "100", "101"]),
        ("X9-X11", 3, None, ["X9", "X10", "X11"]),
        ("X1A7+1 3", 3, None, ["X1A7", "X1A8", "3"]),
        ("~-12", 5, "7", ["8", "9", "10", "11", "12"]),
        ("abc+0 1-2", 3, None, ["abc", "1", "2"]),
        # better than InvenTree: the next of a hyphenated serial is not a range
        ("~+", 3, "SN-0008", ["SN-0009", "SN-0010", "SN-0011"]),
        ("~", 1, "SN-0008", ["SN-0009"]),
        ("SN-0009+", 3, None, ["SN-0009", "SN-0010", "SN-0011"]),
        ("~ 5", 2, "A~1", ["A~2", "5"]),
        # one group for one unit is literal, but for the +
        ("5+", 1, None, ["5"]),
        ("5", 1, None, ["5"]),
    ],
)
def test_it_works(text: str, count: int, latest: str | None, serials: list[str]):
    assert parse_serials(text, count=count, latest=latest) == serials


@pytest.mark.parametrize(
    ("text", "count", "code", "message"),
    [
        ("", 2, "serials_missing", "no serial numbers were given for 2 units"),
        (" , ", 2, "serials_missing", "no serial numbers were given for 2 units"),
        ("1-5", 4, "serials_range_too_long", "1-5 is 5 serials, but only 4 of 4 are still wanted"),
        ("1-5", 6, "serials_count", "5 serials for 6 units"),
        ("1 2 3", 5, "serials_count", "3 serials for 5 units"),
        ("1 2 3", 2, "serials_count", "3 serials for 2 units"),
        ("1", 0, "serials_count", "1 serials for 0 units"),
        ("5-1", 5, "serials_range", '5-1 is not a range of serials: it does not count up from "5" to "1"'),
        ("1-", 2, "serials_range", '1- is not a range of serials: it does not count up from "1" to ""'),
        ("-5", 5, "serials_range", '-5 is not a range of serials: it does not count up from "" to "5"'),
        ("1-1", 2, "serials_range", '1-1 is not a range of serials: it does not count up from "1" to "1"'),
        ("A1-B3", 3, "serials_range", 'A1-B3 is not a range of serials: it does not count up from "A1" to "B3"'),
        ("A-C", 3, "serials_range", 'A-C is not a range of serials: it does not count up from "A" to "C"'),
        ("9-011", 3, "serials_range", '9-011 is not a range of serials: it does not count up from "9" to "011"'),
        ("2+2", 2, "serials_range_too_long", "2+2 is 3 serials, but only 2 of 2 are still wanted"),
        (
            "1+999999999999",
            3,
            "serials_range_too_long",
            "1+999999999999 is 1000000000000 serials, but only 3 of 3 are still wanted",
        ),
        ("abc+", 3, "serials_uncountable", "abc does not end in digits, so no serial follows it"),
        ("+", 3, "serials_sequence", "+ is not a sequence of serials"),
        ("1+2+3", 3, "serials_sequence", "1+2+3 is not a sequence of serials"),
        ("1+x", 3, "serials_sequence", "1+x is not a sequence of serials"),
        ("7 7 8", 3, "serials_duplicate", "serials given twice: 7"),
        ("1-3 2", 4, "serials_duplicate", "serials given twice: 2"),
        ("1+", 100_001, "serials_too_many", "100001 serials at once are too many; at most 100000"),
        (
            "1" * 101,
            1,
            "serial_too_long",
            "the serial 11111111111111111111... has 101 characters; at most 100",
        ),
    ],
)
def test_refuses(text: str, count: int, code: str, message: str):
    with pytest.raises(Refusal) as caught:
        parse_serials(text, count=count)
    assert caught.value.codes == [code]
    assert str(caught.value) == message


def test_refuses_the_next_serial_where_none_follows():
    with pytest.raises(Refusal) as caught:
        parse_serials("~", count=1, latest="PROTO")
    assert caught.value.codes == ["serials_uncountable"]


def test_refuses_with_every_reason():
    with pytest.raises(Refusal) as caught:
        parse_serials("5-1 x+ 4 4 a+b", count=9)
    assert caught.value.codes == ["serials_range", "serials_uncountable", "serials_sequence", "serials_duplicate"]


@pytest.mark.parametrize(
    "text", ["9" * 5000 + "+", "1-" + "9" * 5000, "9" * 5000 + "-" + "9" * 5001, "~+" + "9" * 5000]
)
def test_refuses_numbers_of_absurd_length(text: str):
    with pytest.raises(Refusal):
        parse_serials(text, count=3)


@pytest.mark.parametrize(
    ("serial", "following"),
    [
        (None, "1"),
        ("", "1"),
        ("1", "2"),
        ("099", "100"),
        ("999", "1000"),
        ("AB09", "AB10"),
        ("SN-2026-0009", "SN-2026-0010"),
        ("7b3", "7b4"),
        ("PROTO", "PROTO"),
        ("12b", "12b"),
    ],
)
def test_increment(serial: str | None, following: str):
    assert increment(serial) == following


@pytest.mark.parametrize(
    ("serial", "number"),
    [
        ("0042", 42),
        ("123ABC", 123),
        ("ABC123", 123),
        ("2026-0007", 2026),
        ("AF5-69H", 69),
        ("PROTO", 0),
        ("", 0),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 2**63 - 1),
        ("0" * 30 + "5", 5),
        ("9" * 6000, 2**63 - 1),
    ],
)
def test_the_number_of_a_serial(serial: str, number: int):
    assert serial_number(serial) == number


@pytest.mark.parametrize(
    ("serials", "text"),
    [
        ([], ""),
        (["9", "3", "1", "2", "4", "5"], "1-5, 9"),
        (["1", "2"], "1, 2"),
        (["A008", "A009", "A010", "A012"], "A008-A010, A012"),
        (["9", "10", "11"], "9-11"),
        (["SN-001", "SN-002", "SN-003"], "SN-001 to SN-003"),
        (["PROTO", "PROTO-B"], "PROTO, PROTO-B"),
        ({"B1", "A1", "B2", "B3"}, "A1, B1-B3"),
    ],
)
def test_many_serials_take_little_room(serials: list[str], text: str):
    assert serial_text(serials) == text


@given(st.sets(st.from_regex(r"\A[A-C]?[0-9]{1,3}[a-z]?\Z"), min_size=1, max_size=20))
def test_the_short_text_reads_back_as_itself(serials: set[str]):
    assert set(parse_serials(serial_text(serials), count=len(serials))) == serials


@given(st.text(alphabet="019Aab-+~, ", max_size=30), st.integers(0, 12), st.sampled_from([None, "7", "SN-9", "x"]))
def test_any_text_gives_as_many_serials_as_units_or_a_refusal(text: str, count: int, latest: str | None):
    try:
        serials = parse_serials(text, count=count, latest=latest)
    except Refusal:
        return
    assert len(set(serials)) == len(serials) == count


def test_a_hundred_thousand_serials_are_no_matter():
    assert len(parse_serials("SN000001+", count=100_000)) == 100_000
    assert len(parse_serials(" ".join(numbers(1, 100_000)), count=100_000)) == 100_000


def test_from_there_on_is_no_part_of_the_number_of_one_unit():
    assert parse_serials("TLY-1+", count=1) == ["TLY-1"]
    assert parse_serials("~+", count=1, latest="SL-2") == ["SL-3"]
    assert parse_serials("A+, 7", count=2) == ["A", "7"]
