"""How deliveries travel."""

from __future__ import annotations

from enum import StrEnum


class TransportMode(StrEnum):
    """By what a delivery comes; empty is not said."""

    AIR = "air"
    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    COURIER = "courier"
