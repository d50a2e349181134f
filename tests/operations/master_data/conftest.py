"""What the tests of the single nouns share."""

from collections.abc import Callable
from typing import Any

import pytest

from outwork.models import Event
from outwork.operations.master_data import NOUNS, change, create, remove
from outwork.rules.refusals import Reason, Refusal


def _state() -> list[Any]:
    return [Event.objects.count(), *(list(model._default_manager.order_by("pk").values()) for model in NOUNS)]


@pytest.fixture
def make(shop) -> Callable[..., Any]:
    """Create one row and give it back."""

    def made(model: Any, **values: Any) -> Any:
        return model.objects.get(pk=create(model=model, rows=[values], **shop.by_ada).ids[0])

    return made


@pytest.fixture
def amend(shop) -> Callable[..., Any]:
    """Change one row and give it back."""

    def amended(one: Any, **values: Any) -> Any:
        change(model=type(one), rows=[{"id": one.pk, **values}], **shop.by_ada)
        one.refresh_from_db()
        return one

    return amended


@pytest.fixture
def drop(shop) -> Callable[..., Any]:
    """Remove one row."""
    return lambda one: remove(model=type(one), ids=[one.pk], **shop.by_ada)


@pytest.fixture
def refusing(db: None) -> Callable[..., Reason]:
    """Do what must be refused for one reason, and give the reason; nothing was written."""

    def refused(operate: Callable[..., Any], *arguments: Any, **values: Any) -> Reason:
        before = _state()
        with pytest.raises(Refusal) as refusal:
            operate(*arguments, **values)
        assert _state() == before
        (reason,) = refusal.value.reasons
        assert reason.text()
        return reason

    return refused
