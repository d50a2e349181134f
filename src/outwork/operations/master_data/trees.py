"""Categories and locations are trees: no circles, and of a location its path and whose it is go down the tree."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from outwork.ledger import rows
from outwork.models import Company, Location, StockItem
from outwork.operations.master_data.batch import Batch, Reliance, Row, check_reliances, count_by
from outwork.rules.refusals import declare

declare(
    tree_cycle="{path}: nothing can lie in itself",
    location_company_conflicts="{location} lies in a place of {above}, so it cannot be a place of {company}",
    location_company_relied_on="{location} holds {count} stock items: it cannot become another company's place",
    location_name_slash="{name} is a name with a / in it, which stands between the names of a path",
    location_path_too_long="{path}... is longer than the {limit} characters of a path",
)

PATH_LIMIT = 500


def check_tree(batch: Batch) -> None:
    """Refuse a parent that lies below its own child; one statement, and only if something that stands is moved."""
    moved = {row.id: row for row in batch.changing("parent_id") if row.before is not None and row["parent_id"]}
    if not moved:
        return
    above, names = {}, {}
    for pk, parent, name in batch.model._default_manager.values_list("pk", "parent_id", "name"):
        above[pk], names[pk] = parent, name
    above |= {row.id: row["parent_id"] for row in batch.changing("parent_id") if row.before is not None}
    for pk, row in moved.items():
        path = [pk]
        while (following := above.get(path[-1])) is not None:
            path.append(following)
            if following == pk:
                batch.refuse(row, "parent", "tree_cycle", path=" < ".join(names[one] for one in path))
            if following in path[:-1]:
                batch.notes["cycle"] = True
                break


def check_location(batch: Batch) -> None:
    """A structural location keeps no stock; finds path and company of what changes and of all that lies below it."""
    check_reliances(
        batch, [Reliance("is_structural", True, "stock items", lambda: StockItem.objects.existing(), "location")]
    )
    for row in batch.changing("name"):
        if "/" in row["name"]:
            batch.refuse(row, "name", "location_name_slash", name=row["name"])
    changing = [row for row in batch.rows if row.changes("name", "parent_id", "company_id")]
    if not changing or batch.notes.get("cycle"):
        return
    tree = _Tree(batch, changing)
    tree.settle()
    tree.check_stock()
    batch.notes["below"] = tree.below()


def write_below(batch: Batch) -> None:
    """Write path and company of what lies below the rows of the request."""
    rows.update(Location, ("path", "company_id"), batch.notes.get("below", []))


class _Tree:
    """All locations as they will be: new rows have negative keys."""

    def __init__(self, batch: Batch, changing: list[Row]) -> None:
        self.batch = batch
        self.rows: dict[int, Row] = {row.id if row.id is not None else -1 - row.index: row for row in changing}
        self.nodes: dict[int, dict[str, Any]] = {}
        names = ("pk", "parent_id", "name", "path", "company_id")
        for values in Location.objects.values_list(*names):
            self.nodes[values[0]] = {**dict(zip(names, values, strict=True)), "was": values[3:]}
        for key, row in self.rows.items():
            node = self.nodes.setdefault(key, {"pk": key, "was": ("", None)})
            node |= {"parent_id": row["parent_id"], "name": row["name"], "company_id": row["company_id"]}
        self.children: dict[int | None, list[int]] = defaultdict(list)
        for key, node in self.nodes.items():
            self.children[node["parent_id"]].append(key)
        self.companies: dict[int, str] = {}

    def settle(self) -> None:
        """Walk down from the top: the path is the names, the company that of the parent."""
        open_ends: list[tuple[int, dict[str, Any] | None]] = [(key, None) for key in self.children[None]]
        while open_ends:
            key, parent = open_ends.pop()
            node = self.nodes[key]
            node["path"] = f"{parent['path']}/{node['name']}" if parent else node["name"]
            self._inherit(key, node, parent)
            if key in self.rows:
                self._settle_row(self.rows[key], node, parent)
            open_ends += [(child, node) for child in self.children.get(key, ())]

    def _inherit(self, key: int, node: dict[str, Any], parent: dict[str, Any] | None) -> None:
        above = parent["company_id"] if parent else None
        was_above = parent["was"][1] if parent else None
        own, row = node["company_id"], self.rows.get(key)
        says = row is not None and "company_id" in row.given and row.changes("company_id")
        if not says and (own is None or (row is None and own == was_above)):
            node["company_id"] = above
        elif above is not None and own != above:
            row = row or next(self.rows[one] for one in self._above(key) if one in self.rows)
            names = self._names()
            self.batch.refuse(
                row,
                "company",
                "location_company_conflicts",
                location=node["path"],
                above=names[above],
                company=names.get(own, "nobody but us"),
            )

    def _settle_row(self, row: Row, node: dict[str, Any], parent: dict[str, Any] | None) -> None:
        if len(node["path"]) > PATH_LIMIT:
            self.batch.refuse(row, "name", "location_path_too_long", path=node["path"][:60], limit=PATH_LIMIT)
        for name in ("path", "company_id"):
            if row.before is None or getattr(row.before, name) != node[name]:
                row.values[name] = node[name]
            else:
                row.values.pop(name, None)
        if row.before is None and "is_external" not in row.given:
            row.values["is_external"] = node["company_id"] is not None

    def check_stock(self) -> None:
        """What lies at one company does not become stock at another by a change of master data."""
        moved = [key for key, node in self.nodes.items() if key > 0 and node["was"][1] != node["company_id"]]
        for key, count in count_by(StockItem.objects.existing(), "location", moved).items():
            row = next(self.rows[one] for one in (key, *self._above(key)) if one in self.rows)
            where = self.nodes[key]["was"][0]
            self.batch.refuse(row, "company", "location_company_relied_on", location=where, count=count)

    def below(self) -> list[tuple[int, str, int | None]]:
        """What changes besides the rows of the request."""
        return [
            (key, node["path"], node["company_id"])
            for key, node in self.nodes.items()
            if key > 0 and key not in self.rows and node["was"] != (node["path"], node["company_id"])
        ]

    def _above(self, key: int) -> list[int]:
        above: list[int] = []
        while (parent := self.nodes[key]["parent_id"]) is not None:
            above.append(parent)
            key = parent
        return above

    def _names(self) -> dict[int, str]:
        self.companies = self.companies or dict(Company.objects.values_list("pk", "name"))
        return self.companies
