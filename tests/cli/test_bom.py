"""Bills of materials from the command line: import, show, where-used."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import BomLine, Event, Part

pytestmark = pytest.mark.django_db

BLINKER = """Reference,Qty,Value,Manufacturer,MPN,DNP
"R1, R2",2,10k,Yageo,RC0402FR-0710KL,
C1,1,100n,Murata,GRM155R71C104KA88D,DNP
"""


@pytest.fixture
def run(shop, tmp_path: Path):
    """Run `outwork bom ARGUMENTS` in this process; gives what was printed, and asserts the exit status."""

    def run(*arguments: object, status: int = 0, stdin: bytes | None = None) -> str:
        result = CliRunner().invoke(main, ["bom", *map(str, arguments)], input=stdin)
        assert result.exit_code == status, result.output
        return result.output

    return run


@pytest.fixture
def file(tmp_path: Path):
    """Write a file and give its path."""

    def written(content: str | bytes, name: str = "blinker.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def test_it_works(shop, run, file):
    path = file(BLINKER)
    out = run("import", path, "--assembly", "BLINKER", "--as", "ada")
    assert out.splitlines() == [
        "File: 2 lines (1 do not fit), 2 placements, 2 manufacturer part numbers",
        "BLINKER: 2 BOM lines; 2 parts made, 0 found",
    ]
    assert Event.objects.get(kind="bom.imported").actor == shop.ada
    again = run("import", path, "--assembly", "BLINKER")
    assert again.splitlines()[0] == "Note: BLINKER has exactly this BOM already."
    shown = run("show", "BLINKER").splitlines()
    assert shown[1].split() == ["1", "RC0402FR-0710KL", "2", "R1,", "R2"]
    assert shown[2].split() == ["2", "GRM155R71C104KA88D", "1", "C1", "do", "not", "fit"]


def test_json_has_exactly_what_was_agreed(run, file):
    path = file(BLINKER)
    tried = json.loads(run("import", path, "--assembly", "BLINKER", "--dry-run", "--json"))
    assert not Part.objects.exists()
    data = json.loads(run("import", path, "--assembly", "BLINKER", "--json"))
    assert data == tried
    assert list(data) == [
        "assembly",
        "lines",
        "placements",
        "dnp_lines",
        "distinct_mpns",
        "bom_lines",
        "created_parts",
        "matched_parts",
        "warnings",
    ]
    assert [data[key] for key in list(data)[:-1]] == ["BLINKER", 2, 2, 1, 2, 2, 2, 0]


def test_a_dry_run_says_that_nothing_was_written(run, file):
    out = run("import", file(BLINKER), "--assembly", "BLINKER", "--dry-run")
    assert out.splitlines()[0] == "Nothing was written; the import would say:"
    assert not Part.objects.exists()


def test_a_column_may_be_named_and_the_file_may_come_by_a_pipe(run):
    text = b"ref;a;b\nR1;10k;RC0402FR-0710KL\n"
    out = run("import", "-", "--assembly", "X", "--column", "mpn=b", "--column", "value=a", "--json", stdin=text)
    assert json.loads(out)["distinct_mpns"] == 1
    assert Part.objects.filter(name="RC0402FR-0710KL").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "bom_empty"),
        ("\n\n", "bom_empty"),
        ("just a text\nwithout columns\n", "bom_header_unknown"),
        ("Reference,Qty,MPN\n", "bom_no_lines"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "bom_not_text"),
        (b"Reference,Qty,MPN\nR1,1,\x81\x8d\x8f\n", "bom_not_decodable"),
        ("Reference,Qty,MPN\nR1,1,X-1,a,b\nR2,1,X-2,a,b\n", "bom_row_too_long"),
        ("Reference,Qty,MPN\nR1,0,X-1\n", "bom_quantity_not_positive"),
        ("Reference,Qty,MPN\nR1,-4,X-1\n", "bom_quantity_not_positive"),
        ("Reference,Qty,MPN\nR1,NaN,X-1\n", "bom_quantity_no_number"),
        ("Reference,Qty,MPN\nR1,1e30,X-1\n", "bom_quantity_too_large"),
        ("Reference,Qty,MPN\nR1,0.000001,X-1\n", "bom_quantity_too_fine"),
        ('Reference,Qty,MPN\n"R1,1,X-1,a,b\nR2,1,X-2,a,b\n', "bom_no_lines"),
    ],
)
def test_refuses_a_file_that_is_none(run, file, content, code):
    out = run("import", file(content), "--assembly", "X", "--json", status=1)
    assert code in {reason["code"] for reason in json.loads(out)["refused"]}
    assert not Part.objects.exists()
    assert not Event.objects.exists()


def test_refuses_with_every_bad_row_and_leaves_nothing(run, file):
    out = run("import", file("Reference,Qty,MPN\nR1,0,X-1\nR2,1,X-2\nR3,x,X-3\n"), "--assembly", "X", status=1)
    assert [line.split(":")[0] for line in out.splitlines()] == ["row 2", "row 4"]
    assert not Part.objects.exists()


def test_refuses_another_bom_unless_told_to_replace_it(run, file):
    run("import", file(BLINKER), "--assembly", "BLINKER")
    other = file(BLINKER.replace('"R1, R2",2', "R1,1"), "other.csv")
    assert "import with replace" in run("import", other, "--assembly", "BLINKER", status=1)
    assert BomLine.objects.get(is_fitted=True).quantity == 2
    run("import", other, "--assembly", "BLINKER", "--replace")
    assert BomLine.objects.get(is_fitted=True).quantity == 1


def test_wrong_use_is_told_from_a_refusal(run, file):
    path = file(BLINKER)
    run("import", path, status=2)
    run("import", path.parent / "missing.csv", "--assembly", "X", status=2)
    run("import", path, "--assembly", "X", "--column", "mpn", status=2)
    run("import", path, "--assembly", "X", "--column", "colour=MPN", status=1)
    run("import", path, "--assembly", "X", "--as", "nobody", status=1)
    run("show", "BOARD", "--tree", "--explode", "3", status=2)


def test_show_explodes_and_indents(shop, run):
    shop.assembly("BOARD", {"R-10K": 4})
    shop.assembly("RADIO", {"BOARD": 2, "R-10K": 1})
    data = json.loads(run("show", "RADIO", "--explode", "10", "--json"))
    assert [(one["number"], one["level"], one["total"]) for one in data["needed"]] == [
        ("BOARD", 1, "20"),
        ("R-10K", 2, "90"),
    ]
    assert run("show", "RADIO", "--explode", "10").splitlines()[2].split() == ["2", "R-10K", "R-10K", "9", "90"]
    assert run("show", "RADIO", "--tree").splitlines() == ["RADIO", "  2 x BOARD", "    8 x R-10K", "  1 x R-10K"]
    (line, _) = json.loads(run("show", "RADIO", "--json"))["lines"]
    assert (line["number"], line["quantity"], line["is_fitted"], line["designators"]) == ("BOARD", "2", True, [])
    assert run("show", "R-10K") == "R-10K has no BOM\n"
    for units in ("0", "-1", "NaN", "many", "1e20"):
        run("show", "RADIO", f"--explode={units}", status=1)


def test_where_used_names_every_assembly(shop, run):
    shop.assembly("BOARD", {"R-10K": 4})
    shop.assembly("RADIO", {"BOARD": 2})
    used = json.loads(run("where-used", "R-10K", "--json"))["used"]
    assert [(one["number"], one["level"], one["quantity"]) for one in used] == [("BOARD", 1, "4"), ("RADIO", 2, "8")]
    assert run("where-used", "R-10K").splitlines()[2].split() == ["2", "RADIO", "RADIO", "8", "top"]
    assert run("where-used", "RADIO") == "RADIO goes into nothing\n"


def test_refuses_a_part_that_is_unknown_or_may_be_several(shop, run):
    assert "NO-SUCH" in run("show", "NO-SUCH", status=1)
    for revision in ("A", "B"):
        Part.objects.create(number="R-10K", name="Resistor", revision=revision, number_key=f"R-10K/{revision}")
    assert "R-10K/A, R-10K/B" in run("where-used", "R-10K", status=1)
    assert run("where-used", "R-10K/B") == "R-10K goes into nothing\n"
