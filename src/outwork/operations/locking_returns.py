"""Lock a return, and find the lines of it that a request names."""

from __future__ import annotations

from collections.abc import Mapping

from outwork.models import SupplierReturn, SupplierReturnLine
from outwork.rules.refusals import Reasons, declare, refuse

declare(
    return_unknown="There is no return {document}",
    return_line_unknown="{document} has no line {line}",
)


def lock_return(document: SupplierReturn, *, expected_version: int | None = None) -> SupplierReturn:
    """Lock a return and read it anew; before orders, builds and items. Refuses return_unknown, version_changed."""
    query = SupplierReturn.objects.select_for_update(no_key=True, of=("self",)).select_related("supplier")
    found = query.filter(pk=document.pk).first()
    if found is None:
        refuse("return_unknown", document=document.pk)
    if expected_version is not None and found.version != expected_version:
        refuse("version_changed", document=found.reference, found=found.version, expected=expected_version)
    return found


def return_line_of(
    document: SupplierReturn,
    lines: Mapping[int, SupplierReturnLine],
    line_id: int,
    index: int,
    seen: set[int],
    reasons: Reasons,
) -> SupplierReturnLine | None:
    """The line that a row names; notes return_line_unknown, line_named_twice."""
    line = lines.get(line_id)
    if line is None:
        reasons.add("return_line_unknown", document=document.reference, line=line_id, where=(index, "line"))
    elif line_id in seen:
        reasons.add("line_named_twice", line=line.position, where=(index, "line"))
    seen.add(line_id)
    return line
