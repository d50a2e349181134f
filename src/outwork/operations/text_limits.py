"""What a text may be: as long as the column that keeps it, said before a database says it, and without control characters."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from outwork.rules.refusals import Reasons, Where
from outwork.rules.texts import in_short, is_clean


def check_texts(
    model: type[models.Model], texts: Mapping[str, str | None], reasons: Reasons, *, where: Where = ()
) -> None:
    """Note `text_too_long` or `text_invalid` for every text that its column cannot hold; None is no text."""
    for name, text in texts.items():
        if text is None:
            continue
        field = model._meta.get_field(name)
        limit = getattr(field, "max_length", None)
        if limit is not None and len(text) > limit:
            reasons.add("text_too_long", field=name, length=len(text), limit=limit, where=(*where, name))
        elif not is_clean(text, is_line=isinstance(field, models.CharField)):
            reasons.add("text_invalid", field=name, value=in_short(text), where=(*where, name))
