"""Batch codes by the company's template (STOCK_BATCH_CODE_TEMPLATE), for new stock whose batch nobody said.

The template is one of Django's, so that InvenTree's go on working (semantics D3): `{{ year }}W{{ week }}`,
`{{ part.number }}-{{ date|date:"Ymd" }}`. It sees names and numbers only, never a row of the database, and of the tags
only `if`: it can neither load a file nor call anything nor run for long.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.template import Context, Engine, Template, TemplateSyntaxError

from outwork.models import Build, Location, Part, PurchaseOrder, StockItem
from outwork.rules.quantities import as_text
from outwork.rules.refusals import declare, refuse
from outwork.rules.texts import in_short, is_clean

declare(
    batch_template_broken="The template for batch codes cannot be read: {error}",
    batch_code_unusable="The template for batch codes gives {code}, which is no batch code: one line of at most {limit} characters",
)

_TAG = re.compile(r"\{%-?\s*(\w+)")
_TAGS = frozenset({"if", "elif", "else", "endif"})
_WIDTH = re.compile(r"[0-9]{4,}")
_ENGINE = Engine(autoescape=False, loaders=[], libraries={})


@dataclass(frozen=True, slots=True)
class BatchCodes:
    """The template, read once, with the moment in the company's time zone; without a template every code is empty."""

    template: Template | None
    moment: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Mapping[str, Any], at: datetime.datetime) -> BatchCodes:
        """By the settings as they are, at a moment. Refuses batch_template_broken."""
        text = settings["STOCK_BATCH_CODE_TEMPLATE"]
        if not text:
            return cls(None, {})
        here = at.astimezone(ZoneInfo(settings["TIME_ZONE"]))
        names = ("year", "month", "day", "hour", "minute")
        moment = {"date": here, "week": here.isocalendar().week, **{name: getattr(here, name) for name in names}}
        return cls(read_template(text), moment)

    def code(
        self,
        *,
        part: Part | None = None,
        quantity: Decimal | None = None,
        location: Location | None = None,
        build: Build | None = None,
        order: PurchaseOrder | None = None,
    ) -> str:
        """The batch code of new stock; the template may name what is given. Refuses batch_code_unusable."""
        if self.template is None:
            return ""
        facts: dict[str, Any] = dict(self.moment)
        facts["quantity"] = "" if quantity is None else as_text(quantity)
        facts["part"] = _texts(part, "number", "name", "revision")
        facts["location"] = _texts(location, "name", "path")
        facts["build_order"] = _texts(build, "reference", "title")
        facts["purchase_order"] = _texts(order, "reference", "supplier_reference")
        code = self.template.render(Context(facts, autoescape=False, use_tz=False)).strip()
        limit = StockItem._meta.get_field("batch").max_length or 0
        if len(code) > limit or not is_clean(code, is_line=True):
            refuse("batch_code_unusable", code=in_short(code), limit=limit, where=("STOCK_BATCH_CODE_TEMPLATE",))
        return code


def read_template(text: str) -> Template:
    """Read a template for batch codes; refuses batch_template_broken."""
    strange = [tag for tag in _TAG.findall(text) if tag not in _TAGS]
    if strange:
        _broken(f"{{% {strange[0]} %}} is not allowed, only if")
    if _WIDTH.search(text):
        _broken("a number in it has more than three digits")
    try:
        return Template(text, engine=_ENGINE)
    except TemplateSyntaxError as error:
        _broken(str(error))


def _broken(error: str) -> NoReturn:
    refuse("batch_template_broken", error=error, where=("STOCK_BATCH_CODE_TEMPLATE",))


def _texts(row: Any, *names: str) -> dict[str, str]:
    return {} if row is None else {name: str(getattr(row, name, "")) for name in names}
