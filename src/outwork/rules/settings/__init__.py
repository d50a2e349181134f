"""The registry of settings: key, group, type, default, help and what a value may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from outwork.rules.refusals import refuse
from outwork.rules.settings import builds, company, parts, purchasing, stock
from outwork.rules.settings.values import Setting

__all__ = ["GROUPS", "SETTINGS", "Setting", "setting"]

GROUPS: dict[str, Sequence[Setting]] = {
    "Company": company.SETTINGS,
    "Parts": parts.SETTINGS,
    "Build orders": builds.SETTINGS,
    "Purchase orders": purchasing.SETTINGS,
    "Stock": stock.SETTINGS,
}
SETTINGS: dict[str, Setting] = {one.key: replace(one, group=group) for group, ones in GROUPS.items() for one in ones}


def setting(key: str) -> Setting:
    """The setting of that key; refuses an unknown one."""
    if key not in SETTINGS:
        refuse("setting_unknown", key=key)
    return SETTINGS[key]
