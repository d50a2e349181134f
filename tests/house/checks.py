"""The house rules that a program can look for: each check takes source text and gives the lines that break it."""

import ast
import re
from collections.abc import Iterator

WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
}  # fmt: skip
SQL_WRITE = re.compile(
    r"\s*(?:WITH\b.*\b)?(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.IGNORECASE | re.DOTALL
)
MOVEMENT_INSERT = re.compile(r"INSERT\s+INTO\s+\"?outwork_movement\b", re.IGNORECASE)
SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals"}
VAGUE_NAMES = {"utils.py", "helpers.py", "common.py", "managers.py", "misc.py"}
# In pieces, so that this file does not break its own rule.
PRIVATE = re.compile(
    "|".join(
        [
            "py" + r"pi\.(?:org|python\.org)",
            "python" + r"hosted\.org",
            "registry\\." + "npmjs",
            "cra" + r"tes\.io",
            r"(?<![\w.-])/wo" + r"rk/",
            r"(?<![\w.-])/ro" + r"ot/",
            r"(?<![\w.-])/op" + r"t/(?:wheels|py)",
            r"\.libr" + r"ary\b",
            r"\bfa" + r"rm\b",
        ]
    ),
    re.IGNORECASE,
)


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Every module that the source imports, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def django_imports(source: str) -> list[int]:
    """Lines that import Django."""
    return sorted({line for line, name in imported(source) if name.partition(".")[0] == "django"})


def signal_imports(source: str) -> list[int]:
    """Lines that import signals: the business is called by its name."""
    return sorted({line for line, name in imported(source) if name in SIGNALS})


def called(node: ast.AST) -> set[str]:
    """The names of everything called within a node: F and models.F are both F."""
    return {
        call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, (ast.Name, ast.Attribute))
    }


def decimals_in_expressions(source: str) -> list[int]:
    """Lines that compute with F() and a Decimal: quantities are scaled integers, so nonsense would be stored silently."""
    return sorted(
        {
            node.lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.BinOp) and {"F", "Decimal"} <= called(node)
        }
    )


def writes(source: str) -> list[int]:
    """Lines that write to the database: through the ORM, or by SQL in a string."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            found.add(node.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITE.match(node.value):
            found.add(node.lineno)
    return sorted(found)


def movements_made(source: str) -> list[int]:
    """Lines that make movements: Movement(...), Movement.objects.create(...) and the like, or INSERT."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            callee = ast.unparse(node.func)
            if re.fullmatch(r"(?:\w+\.)*Movement(?:\.objects\..*(?:create|update|delete|bulk_\w+))?", callee):
                found.add(node.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and MOVEMENT_INSERT.search(node.value):
            found.add(node.lineno)
    return sorted(found)


def opening_sentence_missing(source: str) -> bool:
    """Whether the module does not open with a sentence that says what lives here."""
    text = ast.get_docstring(ast.parse(source)) or ""
    first = text.split("\n\n")[0].rstrip()
    return not first.endswith((".", ":"))


def private_words(text: str) -> list[str]:
    """Package registries' hosts and paths of one machine: they mean nothing elsewhere."""
    return [match.group() for match in PRIVATE.finditer(text)]
