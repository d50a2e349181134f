"""Settings of build orders: who may build, what a build needs, and when it uses up its parts."""

from __future__ import annotations

from outwork.rules.settings.values import Setting, boolean, one_of, pattern

SETTINGS = (
    Setting(
        "BUILDORDER_EXTERNAL_BUILDS",
        "External builds",
        "Build orders may be given to outside manufacturers. What exists can be finished when this is off.",
        False,
        boolean,
        differs="InvenTree only hides buttons when it is off; here nobody can begin an external build, on any way.",
    ),
    Setting(
        "BUILDORDER_EXTERNAL_REQUIRED",
        "External build required",
        "An order line for an assembly must be linked to an external build order.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_REFERENCE_PATTERN",
        "Reference pattern",
        "How build orders are numbered.",
        "BO-{ref:04d}",
        pattern,
    ),
    Setting(
        "BUILDORDER_REQUIRE_RESPONSIBLE",
        "Somebody answers for it",
        "A build order names who is responsible.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_REQUIRE_ACTIVE_PART",
        "Only active parts",
        "A build order cannot be made for a part that is not active.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_REQUIRE_LOCKED_PART",
        "Only locked parts",
        "A build order cannot be made for a part that is not locked.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_REQUIRE_VALID_BOM",
        "Only valid BOMs",
        "A build order cannot be made while the bill of materials is not validated as it is.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_REQUIRE_CLOSED_CHILDS",
        "Children first",
        "A build order cannot be finished while one that was made for it is open.",
        False,
        boolean,
    ),
    Setting(
        "BUILDORDER_CONSUME_EXTERNAL",
        "External builds use up parts",
        "When an external build uses up its parts, unless it says otherwise: at acceptance or at finish.",
        "acceptance",
        one_of("acceptance", "finish"),
        ("acceptance", "finish"),
        differs="InvenTree uses everything up at finish, so that a part delivery has cost nothing yet.",
    ),
    Setting(
        "BUILDORDER_CONSUME_INTERNAL",
        "Internal builds use up parts",
        "When a build of our own uses up its parts, unless it says otherwise: at acceptance or at finish.",
        "finish",
        one_of("acceptance", "finish"),
        ("acceptance", "finish"),
    ),
    Setting(
        "PREVENT_BUILD_COMPLETION_HAVING_INCOMPLETED_TESTS",
        "Tests before acceptance",
        "Units are accepted only when every required test is recorded and passed.",
        False,
        boolean,
    ),
)
