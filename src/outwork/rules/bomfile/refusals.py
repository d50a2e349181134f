"""What is said about a bill of materials file: the refusals, and the warnings that come with a reading."""

from __future__ import annotations

from outwork.rules.refusals import declare

declare(
    bom_empty="{name} is empty",
    bom_too_large="{name} has {size} bytes; a bill of materials file may have {limit}",
    bom_not_text="{name} is not a text file: it looks like {kind}",
    bom_not_decodable="{name} cannot be read as text: byte {byte} at position {position} is in no known encoding",
    bom_header_unknown=(
        "{name} has no row of column names that says designators or quantity, and what the part is; names seen: {seen}"
    ),
    bom_no_lines="{name} has column names in row {row} but no line below them",
    bom_role_unknown="{role} is nothing a column can be; choose from {roles}",
    bom_column_unknown="{name} has no column {header} (wanted as {role}); its columns are {seen}",
    bom_row_too_long=(
        "row {row} has {cells} cells, the header {columns}: is there a separator inside a cell without quotes?"
    ),
    bom_too_many_rows="{name} has more than {limit} rows",
    bom_too_many_designators="{name} has more than {limit} designators",
    bom_cell_too_long="{name} has a cell too long to read: is there a quote that is never closed?",
    bom_quantity_no_number="row {row}: {text} is not a quantity",
    bom_quantity_not_positive="row {row}: quantity {text} must be more than 0",
    bom_quantity_too_fine="row {row}: quantity {text} has more than {places} decimal places",
    bom_quantity_too_large="row {row}: quantity {text} is more than a quantity can be",
    bom_quantity_missing="row {row}: {text} has neither a quantity nor designators",
    bom_range_too_long="row {row}: {text} stands for more than {limit} designators",
    bom_more_rows_wrong="{count} more rows have mistakes",
)

# Warnings: the file was read, and somebody should look.
declare(
    bom_encoding="The file is not UTF-8; it was read as {encoding}",
    bom_quote_open=(
        "Row {row}: a quote is opened and never closed, so it was read as {reading}; mend the file if that is not meant"
    ),
    bom_header_twice="Column {header} stands {count} times in the header; the one in column {column} was read",
    bom_column_guessed="Column {header} does not say what it holds; by its content it was read as {role}",
    bom_part_number_is_own=(
        "Column {header} was read as the company's own number, for there is no column of manufacturers"
    ),
    bom_library_as_mpn=(
        "The file has no column of manufacturer part numbers; on {count} lines {header} or the value reads like one "
        "and was taken ({by_value} lines: the value)"
    ),
    bom_placement_file="The file has positions and rotations: it looks like a placement file, not a bill of materials",
    bom_quantity_differs="Row {row}: quantity {quantity}, but {designators} designators; the quantity was kept",
    bom_quantity_times=(
        "Every quantity is {times} times the number of designators: the file seems to be for {times} units; "
        "the quantities were kept"
    ),
    bom_quantity_counted="{count} lines without a quantity: designators were counted instead (rows {rows})",
    bom_mpn_characters="Row {row}: part number {mpn} has characters a part number rarely has: {characters}",
    bom_mpn_rounded="Row {row}: part number {mpn} looks like a number that a spreadsheet has rounded",
    bom_mpn_is_text="Row {row}: {mpn} reads like a description, not a part number; it was taken as specification",
    bom_designator_twice="Designator {designator} is fitted more than once (rows {rows})",
    bom_row_not_read="Row {row} was not read as a line: {text}",
    bom_rows_not_read="Rows {rows} have nothing in the columns that were read; they are no lines",
    bom_section_do_not_fit="Row {row} says {text}: the rows below it are read as do-not-fit",
    bom_section_ends="Row {row} says {text}: the rows below it are read as fitted again",
    bom_do_not_fit_unclear="Row {row}: {header} says {text}; it was read as {reading}",
    bom_note_mentions="Row {row}: {text} mentions not fitting; the line was read as fitted",
    bom_do_not_fit_without_part=(
        "{count} do-not-fit lines say too little about their part ({designators}): "
        "they keep their designators, no part is made of them"
    ),
    bom_fitted_without_part="{count} fitted lines do not say what their part is (rows {rows}): no part is made of them",
    bom_values_differ="{mpn} has several values in the file: {values}",
    bom_makers_differ="{mpn} is named with several manufacturers, read as different parts: {makers}",
    bom_more_warnings="{count} more warnings of the kind {code}",
    bom_internal_number_twice="Internal number {number} stands for several part numbers: {mpns}; the first was taken",
    bom_notes_differ="Rows {rows} agree in value, footprint and description and were read as one part; notes: {notes}",
)

# Of each kind of warning, and of all mistakes, this many are told and the others counted.
TOLD_LIMIT = 50
