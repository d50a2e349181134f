"""Build one build otherwise than its BOM says, from the command line: other parts, further parts, substitutes."""

from __future__ import annotations

import click

from outwork.cli.build_stock import named_lines
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import build_argument, reason_option
from outwork.operations.deviating import (
    Allowed,
    Deviation,
    allow_substitutes,
    deviate_from_bom,
    disallow_substitutes,
)
from outwork.queries.builds import lines_of
from outwork.queries.naming import build_line_named, build_named, part_named

approved_option = click.option("--approved-by", default="", metavar="WHO", help="Who allowed it.")


@click.command("deviate")
@build_argument
@click.argument("part", metavar="PART")
@click.option("--instead", metavar="LINE", help="Instead of this line, by part or number; without it, besides.")
@click.option("--per-unit", metavar="N", help="How much goes into one unit; that of the line by default.")
@click.option("--designators", default="", help="Where it is placed.")
@approved_option
@reason_option
@doing
def deviate(
    asked: Asked,
    build: str,
    part: str,
    instead: str | None,
    per_unit: str | None,
    designators: str,
    approved_by: str,
    reason: str,
) -> Answer:
    """Build the units that have not come yet with PART, instead of a line or besides. The BOM stays as it is."""
    found, other = build_named(build), part_named(part)
    current = [line for line in lines_of(found.pk) if line.until_revision is None]
    line = build_line_named(instead, current, found) if instead else None
    given = Deviation(other, per_unit, line.pk if line else None, designators)
    done = deviate_from_bom(build=found, deviations=[given], reason=reason, approved_by=approved_by, **asked)
    place = f"instead of {line.part.label}" if line else "besides"
    text = [f"{found.reference}: {other.label} goes into what is still to come, {place}."]
    text += [f"  {one['quantity']} of {one['part']} are free again" for one in done.data["freed"]]
    return Answer(done, text)


@click.command("substitute")
@build_argument
@click.argument("line", metavar="LINE")
@click.argument("part", metavar="PART")
@click.option("--remove", "gone", is_flag=True, help="It may no longer stand in.")
@approved_option
@reason_option
@doing
def substitute(asked: Asked, build: str, line: str, part: str, gone: bool, approved_by: str, reason: str) -> Answer:
    """Allow PART on LINE of this build only. For good it is allowed with `outwork bom substitute`."""
    found, other = build_named(build), part_named(part)
    meant = named_lines(found, [line])[0]
    rows = [Allowed(meant.pk, other)]
    if gone:
        done = disallow_substitutes(build=found, rows_allowed=rows, reason=reason, **asked)
        return Answer(done, f"{found.reference}: {other.label} no longer stands in for {meant.part.label}.")
    done = allow_substitutes(build=found, rows_allowed=rows, approved_by=approved_by, reason=reason, **asked)
    return Answer(done, f"{found.reference}: {other.label} may stand in for {meant.part.label}.")


COMMANDS = (deviate, substitute)
