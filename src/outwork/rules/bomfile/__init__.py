"""Bills of materials from files: readers for what people send, one normal form, one line per component."""

from outwork.rules.bomfile.grouping import grouped, identities
from outwork.rules.bomfile.normal import Alternate, BomFile, BomLine, Counts, Dialect, FileLine, Offer, counts
from outwork.rules.bomfile.readers import SIZE_LIMIT, read_bom

__all__ = [
    "SIZE_LIMIT",
    "Alternate",
    "BomFile",
    "BomLine",
    "Counts",
    "Dialect",
    "FileLine",
    "Offer",
    "counts",
    "grouped",
    "identities",
    "read_bom",
]
