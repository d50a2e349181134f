"""Recognising columns by their headers: which column holds the designators, the part number, the do-not-fit mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from outwork.rules.refusals import Reasons

# Headers by what they mean, the surest first; compared without blanks, case and punctuation, # reads "number".
_WORDS = {
    "designators": (
        "designators designator referencedesignators referencedesignator refdes refdesignators refdesignator "
        "references reference refs ref customerreference partreference partreferences componentreference "
        "designatorlist positions parts part referenz referenzen index"
    ),
    "quantity": (
        "quantityperpcb qtyperpcb quantityperboard qtyperboard quantityperunit qtyperunit quantityperassembly "
        "qtypcb qtyboard quantity qty count quantity1 qty1 qnty quant pcs pieces numberof anzahl menge"
    ),
    "value": "value values val comment wert designation partvalue name",
    "footprint": (
        "footprint package footprintname pcbfootprint packagereference pattern case casepackage packagecase pkg "
        "gehäuse bauform size"
    ),
    "manufacturer": "manufacturer manufacturername mfr mfg manuf manf manu mfrname mfgname maker brand vendorname hersteller",
    "mpn": (
        "mpn manufacturerpartnumber manufacturerpartno manufacturerspartnumber manufacturerpn manufacturerpart "
        "manufacturernumber mfrpartnumber mfrpartno mfrpn mfrpart mfrnumber mfgpartnumber mfgpartno mfgpn mfgpart "
        "mfgnumber manfnumber manfpartnumber manfpn manupartnumber manufpartnumber manufpn makerpartnumber "
        "herstellernummer herstellerteilenummer orderingcode"
    ),
    "internal_number": (
        "ipn internalpartnumber internalpn internalnumber inhousepartnumber companypartnumber companypn housepn "
        "stockcode erpnumber itemnumber itemcode bomkey 1b2bomkey partid articlenumber artikelnummer sachnummer"
    ),
    "supplier": "supplier suppliername distributor distributorname vendor seller lieferant",
    "sku": (
        "sku supplierpartnumber supplierpartno supplierpn supplierpart suppliersku suppliernumber supplierordernumber "
        "distributorpartnumber distributorpn distributorpart vendorpartnumber vendorpn vendorpart vendorsku "
        "vendornumber ordernumber ordercode catalognumber bestellnummer"
    ),
    "description": "description desc itemdescription partdescription componentdescription beschreibung bezeichnung title",
    "specification": (
        "specification specifications specs spec characteristics characteristic tolerance tol rating voltage "
        "voltagerating ratedvoltage power powerrating wattage dielectric tempco temperaturecoefficient"
    ),
    "library_name": "libref libraryref libraryreference libraryname librarypart symbol device deviceset",
    "datasheet": "datasheet datasheeturl datasheetlink documentation datenblatt",
    "note": (
        "note notes remark remarks comments bomnote bomnotes bomcomment assemblynote assemblynotes bemerkung "
        "bemerkungen hinweis"
    ),
    "do_not_fit": (
        "dnp dni dnf dnm dns donotpopulate donotplace donotfit donotinstall donotmount donotstuff donotassemble "
        "notfitted notpopulated notplaced notinstalled notmounted nopop nostuff unpopulated unfitted nofit"
    ),
    "fitted": (
        "fitted fit populate populated place placed install installed mount mounted assemble assembled stuff bestückt"
    ),
    "line_number": "item items line lineno linenumber number no nr pos position id row component",
}
NAMES = {role: tuple(words.split()) for role, words in _WORDS.items()}
ROLES = tuple(role for role in NAMES if role != "line_number")
# Columns that may stand several times, for alternates, for further suppliers, or to be joined.
REPEATED = frozenset({"manufacturer", "mpn", "supplier", "sku", "specification"})
# "Part number" alone is the maker's where the maker has a column, else the company's own.
AMBIGUOUS = frozenset({"partnumber", "partno", "pn", "partnr"})
# One of these at least says what a part is; a column of a vague name may, by its content.
NAMING = frozenset(ROLES) - {"designators", "quantity", "supplier", "datasheet", "note", "do_not_fit", "fitted"}
VAGUE = frozenset({"part", "parts", "item", "items", "component", "id", "index"})
# Library names that are mostly part numbers; an Eagle device or a KiCad symbol is not (R-EU_R0603).
LIBRARY_REFERENCES = frozenset({"libref", "libraryref", "libraryreference"})
COLUMN_LIMIT = 1000

SUPPLIERS = {
    "digikey": "Digi-Key",
    "mouser": "Mouser",
    "lcsc": "LCSC",
    "jlcpcb": "JLCPCB",
    "jlc": "JLCPCB",
    "farnell": "Farnell",
    "newark": "Newark",
    "element14": "element14",
    "rs": "RS",
    "rscomponents": "RS",
    "tme": "TME",
    "arrow": "Arrow",
    "avnet": "Avnet",
    "conrad": "Conrad",
    "reichelt": "Reichelt",
}
_SUPPLIER_COLUMN = re.compile(
    rf"(?:ref|sku)?({'|'.join(sorted(SUPPLIERS, key=len, reverse=True))})"
    r"(?:part)?(?:number|no|nr|pn|sku|ref|code|id|ordernumber|ordercode|part)?s?"
)
_ALTERNATE = re.compile(r"(?:alternates?|alternatives?|alt|second|2nd|substitute|replacement)(.+)")
_NUMBERED = re.compile(r"(.*\D)(\d)")
_UNNAMED = re.compile(r"(?:field|column|col|unnamed|userfield|feld|spalte)?\d*")
PLACEMENT = frozenset({"midx", "posx", "centerx", "centrex", "x", "refx", "rotation", "rot"})

_ROLE_OF = {name: (role, rank) for role, names in NAMES.items() for rank, name in enumerate(names)}


def compact(header: str) -> str:
    """A header without blanks, case and punctuation: "Manf#" is "manfnumber"."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("#", "number")
    return "".join(filter(str.isalnum, text))


def is_unnamed(header: str) -> bool:
    """Whether a header says nothing: blank, Field1, Column 3."""
    return bool(_UNNAMED.fullmatch(compact(header)))


@dataclass(slots=True)
class Columns:
    """Which column holds what, by index; `found` names the headers of each role as published."""

    headers: list[str]
    roles: list[str] = field(default_factory=list)
    suppliers: dict[int, str] = field(default_factory=dict)
    alternates: set[int] = field(default_factory=set)

    def first(self, role: str) -> int:
        """The index of the column of a role, or -1."""
        return next(iter(self.all(role)), -1)

    def all(self, role: str) -> list[int]:
        """The indexes of all columns of a role, those of alternates last."""
        found = [index for index, one in enumerate(self.roles) if one == role]
        return sorted(found, key=lambda index: index in self.alternates)

    def unassigned(self) -> list[int]:
        """The columns that nothing is known about."""
        return [index for index, role in enumerate(self.roles) if not role]

    @property
    def has_library_reference(self) -> bool:
        """Whether part numbers stand in the library reference, for want of a column of their own."""
        index = self.first("library_name")
        return index >= 0 and "mpn" not in self.roles and compact(self.headers[index]) in LIBRARY_REFERENCES

    @property
    def found(self) -> dict[str, tuple[str, ...]]:
        """Role and headers, for people."""
        known = dict.fromkeys(role for role in self.roles if role)
        return {role: tuple(self.headers[index] for index in self.all(role)) for role in known}


def recognise(headers: Sequence[str], wanted: Mapping[str, str], barred: Collection[int] = ()) -> Columns:
    """Assign a role to each header; what `wanted` says (role: header, "" for no such column) comes first.

    A column in `barred` is not taken for designators, because its cells are none.
    """
    columns = Columns(list(headers), [""] * len(headers))
    for role, header in wanted.items():
        for index in named(headers, header):
            columns.roles[index] = role
    best: dict[str, tuple[int, int]] = {}
    for index, header in enumerate(headers):
        if columns.roles[index]:
            continue
        role, rank = _role(compact(header), columns, index)
        if not role or role in wanted or (role == "designators" and index in barred):
            continue
        if role in REPEATED:
            columns.roles[index] = role
        elif role not in best or rank < best[role][0]:
            best[role] = (rank, index)
    for role, (_, index) in best.items():
        columns.roles[index] = role
    _settle_comment(columns, wanted)
    _settle_part_number(columns, wanted)
    return columns


def named(headers: Sequence[str], header: str) -> list[int]:
    """The columns of that name: letter by letter, else without regard to case, blanks and punctuation."""
    if not header.strip():
        return []
    exact = [index for index, one in enumerate(headers) if one == header.strip()]
    name = compact(header)
    return exact or [index for index, one in enumerate(headers) if name and compact(one) == name]


def _role(name: str, columns: Columns, index: int) -> tuple[str, int]:
    if name in _ROLE_OF:
        return _ROLE_OF[name]
    if match := _SUPPLIER_COLUMN.fullmatch(name):
        columns.suppliers[index] = SUPPLIERS[match[1]]
        return "sku", 0
    if (match := _ALTERNATE.fullmatch(name)) and _ROLE_OF.get(match[1], ("", 0))[0] in {"mpn", "manufacturer"}:
        columns.alternates.add(index)
        return _ROLE_OF[match[1]]
    if match and match[1].rstrip("0123456789") in AMBIGUOUS:
        columns.alternates.add(index)
        return "mpn", 99
    if (match := _NUMBERED.fullmatch(name)) and match[1] in _ROLE_OF:
        role, rank = _ROLE_OF[match[1]]
        if role in REPEATED:
            return role, rank
        return (role, 90) if match[2] == "1" else ("", 0)
    return "", 0


def _settle_comment(columns: Columns, wanted: Mapping[str, str]) -> None:
    """A Comment beside a Value is a note."""
    if "note" in columns.roles or "note" in wanted:
        return
    for index in columns.unassigned():
        if compact(columns.headers[index]) == "comment":
            columns.roles[index] = "note"
            return


def _settle_part_number(columns: Columns, wanted: Mapping[str, str]) -> None:
    for index in columns.unassigned():
        if compact(columns.headers[index]) not in AMBIGUOUS:
            continue
        own = [one for one in columns.all("mpn") if one not in columns.alternates]
        role = "mpn" if "manufacturer" in columns.roles and not own else "internal_number"
        if role not in wanted and (role == "mpn" or role not in columns.roles):
            columns.roles[index] = role


def score(headers: Sequence[str], wanted: Mapping[str, str]) -> int:
    """How much a row reads like a header: roles found, 0 where it cannot be one."""
    if sum(map(bool, headers)) < 2 or len(headers) > COLUMN_LIMIT:
        return 0
    # A mapping that names no column here is complained about later, under the right header.
    columns = recognise(headers, {role: name for role, name in wanted.items() if not name or named(headers, name)})
    roles = {role for role in columns.roles if role}
    vague = any(compact(header) in VAGUE or (header and is_unnamed(header)) for header in headers)
    if not roles & {"designators", "quantity"} or not (roles & NAMING or vague):
        return 0
    return len(roles)


def check_headers(columns: Columns) -> Reasons:
    """Warn of headers that are there twice where only one of their columns is read."""
    warnings = Reasons()
    alike: dict[str, list[int]] = {}
    for index, header in enumerate(columns.headers):
        if name := compact(header):
            alike.setdefault(name, []).append(index)
    for indexes in alike.values():
        read = [index for index in indexes if columns.roles[index]]
        if read and len(read) < len(indexes):
            header = columns.headers[read[0]]
            warnings.add("bom_header_twice", header=header, count=len(indexes), column=read[0] + 1)
    return warnings


def check_wanted(headers: Sequence[str], wanted: Mapping[str, str], name: str) -> Reasons:
    """Find the headers of an explicit mapping that the file does not have."""
    reasons = Reasons()
    for role, header in wanted.items():
        if header.strip() and not named(headers, header):
            reasons.add(
                "bom_column_unknown", where=("columns", role), name=name, header=header, role=role, seen=list(headers)
            )
    return reasons
