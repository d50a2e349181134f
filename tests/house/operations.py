"""Every operation there is, found by loading every module of operations."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

from outwork import operations


def every_operation() -> dict[str, Callable[..., Any]]:
    """All functions marked `@operation`, by name; two of one name are a fault."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(operations.__path__, f"{operations.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if is_operation(thing) and thing.__module__ == module.name:
                assert thing.__name__ not in found, f"there are two operations {thing.__name__}"
                found[thing.__name__] = thing
    return found


def is_operation(thing: Any) -> bool:
    """Whether this is a function that `@operation` made."""
    return hasattr(thing, "__wrapped__") and {"actor", "at", "key"} <= inspect.signature(thing).parameters.keys()
