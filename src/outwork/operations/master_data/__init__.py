"""Create, change and remove of parts, BOM lines, companies, prices, rates and places: one operation each for all nouns."""

from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.writing import change, create, remove

__all__ = ["NOUNS", "change", "create", "remove"]
