"""`id__any=[...]`: membership in a long list as one parameter, however long the list is."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import CharField, Field, Lookup, TextField
from django.db.models.fields.related import ForeignKey


class AnyOf(Lookup):
    """Like `in`, but the list travels as one JSON array (SQLite) or one array (PostgreSQL)."""

    lookup_name = "any"
    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        """No row has an id beyond 63 bits; PostgreSQL would refuse to look for one."""
        return sorted({int(value) for value in self.rhs if abs(int(value)) < 2**63})

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, params = self.process_lhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]
        return f"{left} = ANY(%s::bigint[])", [*params, list(self.rhs)]


class AnyTextOf(AnyOf):
    """The same for texts."""

    def get_prep_lookup(self) -> Any:
        return sorted({str(value) for value in self.rhs})

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if connection.vendor == "sqlite":
            return super().as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::text[])", [*params, list(self.rhs)]


Field.register_lookup(AnyOf)
CharField.register_lookup(AnyTextOf)
TextField.register_lookup(AnyTextOf)
ForeignKey.register_lookup(AnyOf)
