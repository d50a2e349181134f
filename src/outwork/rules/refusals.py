"""How Outwork says no: a stable code, the numbers, and a text that is made late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

# Every code with its English text; texts are looked up when shown, so that they can be translated.
# One file per area registers its codes with `declare`; a code is declared once.
TEXTS: dict[str, str] = {}
# The codes that say: not you. The API answers them with 403.
FORBIDDEN: set[str] = set()

Where = tuple[str | int, ...]


def declare(**texts: str) -> None:
    """Register refusal codes with their texts; refuses a code that exists."""
    for code, text in texts.items():
        assert code not in TEXTS, f"refusal code {code} is declared twice"
        TEXTS[code] = text


def declare_forbidden(**texts: str) -> None:
    """Register codes that refuse the person and not the request."""
    declare(**texts)
    FORBIDDEN.update(texts)


def shown(value: Any) -> Any:
    """Numbers as people write them: 40, not 40.00000."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, (list, tuple, set, frozenset)):
        texts = [str(shown(one)) for one in value]
        return ", ".join(texts[:10]) + (f" and {len(texts) - 10} more" if len(texts) > 10 else "")
    return value


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to refuse: `code` is stable, `params` hold the numbers, `where` points into the request."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    where: Where = ()

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence for people; `translate` is gettext where there is one."""
        return translate(TEXTS[self.code]).format(**{key: shown(value) for key, value in self.params.items()})


class Refusal(Exception):
    """An operation says no: nothing was changed. Carries every reason found, not only the first."""

    def __init__(self, *reasons: Reason) -> None:
        assert reasons
        self.reasons = reasons
        super().__init__("; ".join(reason.text() for reason in reasons))

    @property
    def code(self) -> str:
        """The code of the first reason."""
        return self.reasons[0].code

    @property
    def is_forbidden(self) -> bool:
        """Whether somebody else might do it."""
        return any(reason.code in FORBIDDEN for reason in self.reasons)

    @property
    def codes(self) -> list[str]:
        """The codes of all reasons, in order."""
        return [reason.code for reason in self.reasons]


def refuse(code: str, /, *, where: Where = (), **params: Any) -> NoReturn:
    """Refuse with one reason."""
    raise Refusal(Reason(code, params, where))


class Reasons:
    """Collects reasons, so that one answer names them all."""

    def __init__(self, found: Iterable[Reason] = ()) -> None:
        self.found: list[Reason] = list(found)

    def add(self, code: str, /, *, where: Where = (), **params: Any) -> None:
        """Note one reason."""
        self.found.append(Reason(code, params, where))

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_any(self) -> None:
        """Refuse if there is a reason."""
        if self.found:
            raise Refusal(*self.found)


# Codes of several operations, so that each is there whichever of them is loaded.
declare(
    part_unknown="There is no part {part}",
    build_unknown="There is no build order {build}",
    order_unknown="There is no purchase order {order}",
    company_unknown="There is no company {company}",
    supplier_part_unknown="There is no supplier part {supplier_part}",
    part_not_component="{part} is not a component, so it goes into nothing",
    rows_missing="The list is empty: there is nothing to do",
    text_too_long="{field} has {length} characters; at most {limit}",
    line_unknown="{build} has no line {line}",
    line_closed="{part}: the line is closed short already",
    line_named_twice="Line {line} is named twice",
    output_decided="Output {output} of {build} is {state} already",
    no_lines_named="Name at least one line",
    project_not_active="Project {project} is not active any more",
    dates_reversed="The start {start} lies after the target {target}",
    line_not_on_order="Line {line} is not on {order}",
    serials_needed="{part} has tracked components: give its units serial numbers",
    manufacturer_undecided="{build} has {count} manufacturers: say which one is meant",
    manufacturer_not_of_build="{company} does not build {build}",
    company_not_supplier="{company} is not a supplier",
)
