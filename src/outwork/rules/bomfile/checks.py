"""What somebody should look at in a file that was read: numbers that disagree, parts that are not named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from outwork.rules.bomfile.columns import AMBIGUOUS, PLACEMENT, Columns, compact
from outwork.rules.bomfile.designators import natural_key
from outwork.rules.bomfile.grouping import Identity, identities
from outwork.rules.bomfile.marks import odd_characters, sameness
from outwork.rules.bomfile.normal import FileLine
from outwork.rules.refusals import Reasons

# What a spreadsheet makes of 887E05 or of a long number.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE)


def check_lines(lines: Sequence[FileLine], columns: Columns, *, counted: Sequence[int]) -> Reasons:
    """Find what deserves a warning; `counted` are the rows whose blank quantity was filled from designators."""
    warnings = Reasons()
    _check_columns(lines, columns, warnings)
    if counted:
        warnings.add("bom_quantity_counted", count=len(counted), rows=list(counted))
    _check_quantities(lines, warnings)
    _check_part_numbers(lines, warnings)
    _check_designators(lines, warnings)
    alike: dict[Identity, list[FileLine]] = {}
    for line, identity in zip(lines, identities(lines), strict=True):
        alike.setdefault(identity, []).append(line)
    _check_unnamed(alike.pop((), []), warnings)
    _check_agreement(alike, warnings)
    return warnings


def _check_columns(lines: Sequence[FileLine], columns: Columns, warnings: Reasons) -> None:
    if len({compact(header) for header in columns.headers} & PLACEMENT) >= 2:
        warnings.add("bom_placement_file")
    own = columns.first("internal_number")
    if own >= 0 and "mpn" not in columns.roles and compact(columns.headers[own]) in AMBIGUOUS:
        warnings.add("bom_part_number_is_own", header=columns.headers[own])
    if columns.has_library_reference:
        taken = [line for line in lines if line.mpn]
        if taken:
            header = columns.headers[columns.first("library_name")]
            by_value = sum(line.mpn != line.library_name for line in taken)
            warnings.add("bom_library_as_mpn", count=len(taken), header=header, by_value=by_value)


def _check_quantities(lines: Sequence[FileLine], warnings: Reasons) -> None:
    placed = [line for line in lines if line.designators]
    differing = [line for line in placed if line.quantity != len(line.designators)]
    times = {line.quantity / len(line.designators) for line in placed}
    if len(differing) > 2 and len(times) == 1:
        warnings.add("bom_quantity_times", times=times.pop())
        return
    for line in differing:
        warnings.add("bom_quantity_differs", row=line.row, quantity=line.quantity, designators=len(line.designators))


def _check_part_numbers(lines: Sequence[FileLine], warnings: Reasons) -> None:
    seen = set()
    for line in lines:
        for mpn in (line.mpn, *(other.mpn for other in line.alternates)):
            if mpn in seen:
                continue
            seen.add(mpn)
            if characters := odd_characters(mpn):
                warnings.add("bom_mpn_characters", row=line.row, mpn=mpn, characters=characters)
            elif _ROUNDED.fullmatch(mpn):
                warnings.add("bom_mpn_rounded", row=line.row, mpn=mpn)


def _check_designators(lines: Sequence[FileLine], warnings: Reasons) -> None:
    rows: dict[str, list[int]] = {}
    for line in lines:
        if not line.do_not_fit:
            for designator in line.designators:
                rows.setdefault(designator, []).append(line.row)
    for designator, where in rows.items():
        if len(where) > 1:
            warnings.add("bom_designator_twice", designator=designator, rows=where)


def _check_unnamed(lines: Sequence[FileLine], warnings: Reasons) -> None:
    left_out = [line for line in lines if line.do_not_fit]
    fitted = [line.row for line in lines if not line.do_not_fit]
    if left_out:
        names = sorted({name for line in left_out for name in line.designators}, key=natural_key)
        warnings.add("bom_do_not_fit_without_part", count=len(left_out), designators=names)
    if fitted:
        warnings.add("bom_fitted_without_part", count=len(fitted), rows=fitted)


def _check_agreement(alike: dict[Identity, list[FileLine]], warnings: Reasons) -> None:
    makers: dict[str, list[str]] = {}
    for identity, lines in alike.items():
        kind, first = identity[0], lines[0]
        if kind == "mpn":
            makers.setdefault(sameness(first.mpn), []).append(first.manufacturer)
        if kind == "described":
            notes = _spellings(line.note for line in lines)
            if len(notes) > 1:
                warnings.add("bom_notes_differ", rows=[line.row for line in lines], notes=notes)
            continue
        values = _spellings(line.value for line in lines)
        if len(values) > 1 and first.mpn:
            warnings.add("bom_values_differ", mpn=first.mpn, values=values)
        mpns = _spellings(line.mpn for line in lines)
        if len(mpns) > 1:
            warnings.add("bom_internal_number_twice", number=first.internal_number, mpns=mpns)
    for mpn, names in makers.items():
        if len(names) > 1:
            warnings.add("bom_makers_differ", mpn=mpn, makers=names)


def _spellings(texts: Iterable[str]) -> list[str]:
    """The different texts, one spelling of each."""
    return list({sameness(text): text for text in texts if text}.values())
