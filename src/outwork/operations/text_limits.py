"""How long a text may be: as long as the column that keeps it, said before a database says it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from outwork.rules.refusals import Reasons, Where


def check_texts(
    model: type[models.Model], texts: Mapping[str, str | None], reasons: Reasons, *, where: Where = ()
) -> None:
    """Note `text_too_long` for every text that its column cannot hold; None is no text."""
    for name, text in texts.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if text is not None and limit is not None and len(text) > limit:
            reasons.add("text_too_long", field=name, length=len(text), limit=limit, where=(*where, name))
