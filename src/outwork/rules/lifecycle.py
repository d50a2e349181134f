"""The life of a part: from prototype over released to obsolete."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a part stands in its life. Ordering a prototype or an obsolete part is allowed but said."""

    PROTOTYPE = "prototype"
    RELEASED = "released"
    OBSOLETE = "obsolete"
