"""Text that a library will run as code: whether it reads like anything but an expression."""

from __future__ import annotations

import ast
import re
from unicodedata import normalize

from assistant_magic.risk import rules

_DUNDER = re.compile(r"__\w+")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_ATTRIBUTE = re.compile(r"(?<![\d.])\.\s*([A-Za-z_]\w*)")
_NAMED_VALUE = re.compile(r"@\s*\w+\s*[.(\[]")
_FIELD = re.compile(r"\{([^{}]*)")
_EVALUATING = {"sympify", "parse_expr", "S", "lambdify", "preview", "getattr", "simplify", "apply"}
_ACTIVE = re.compile(r"<\s*(?:script|iframe|object|embed)\b|<\w[^>]*\bon\w+\s*=|javascript:", re.IGNORECASE)
_PROGRAMS = re.compile(
    r"usetex|module://|(?:text\.latex|pgf|animation|webagg|datapath)\b.*|text\.latex.*|axes\.prop_cycle"
)
"""Settings of matplotlib that start a program, import by name or are read as code."""
_REACHING = (rules.DENIED_BUILTINS.keys() - {"input", "help", "copyright", "credits", "license"}) | {
    "getattr", "sympify", "parse_expr", "lambdify"
}  # fmt: skip
_MATHEMATICAL = {"sympify", "parse_expr", "lambdify"}
_LONGEST = 2_000
_NAMES_ONLY = {"__main__", "__name__", "__doc__", "__version__", "__init__"}


def hides_a_dunder(text: str) -> bool:
    """Whether plain text names something inside Python's objects."""
    found = _DUNDER.finditer(normalize("NFKC", text))
    return any(m.group() not in _NAMES_ONLY and m.group().endswith("__") for m in found)


def is_program_setting(text: str) -> bool:
    """Whether a text names a setting of matplotlib that starts a program, imports, or is read as code."""
    return "usetex" in text or text.startswith("module://") or bool(_PROGRAMS.fullmatch(text))


def acts_in_browser(text: str) -> bool:
    """Whether a text holds HTML that runs something."""
    return bool(_ACTIVE.search(text))


def is_address(text: str) -> bool:
    """Whether a text begins like an address, or may once more is put behind it."""
    begun = text.lstrip().lower()
    return begun.startswith(("http", "ftp:", "file:")) or any(
        s.startswith(begun) for s in ("http", "ftp:", "file:")
    )


def danger(text: str) -> str:
    """Why evaluating `text` is more than arithmetic, or `""`."""
    text = normalize("NFKC", text)  # as Python reads names
    if _DUNDER.search(text):
        return "it reaches inside an object"
    for match in _CALL.finditer(text):
        name = match.group(1)
        # Without a word boundary: a piece cut out of the text may begin anywhere.
        if any(name.endswith(bad) for bad in rules.DENIED_BUILTINS) or name in _EVALUATING:
            return f"it calls {name}"
    for match in _ATTRIBUTE.finditer(text):
        name = match.group(1)
        denied = rules.denied_attribute(name)
        if denied:
            return f"it {denied[1]}"
        if name in rules.TEXT_WRITERS or name in rules.NAMED_CALLS:
            return f"it calls .{name}"
    if _NAMED_VALUE.search(text):
        return "it calls or reaches into a variable"
    return ""


def expression_danger(text: str) -> str:
    """The same for text that becomes a mathematical expression, where a text within the text is a disguise."""
    if any(quote in text for quote in ("'''", '"')) or re.search(r"\(\s*'", text):
        return "it has text inside the text"
    for name in re.findall(r"[A-Za-z_]\w*", normalize("NFKC", text)):
        if name in _REACHING - _MATHEMATICAL or rules.denied_in("sympy", name):
            return f"it names {name}"
    return danger(text)


def is_disguised_code(text: str) -> bool:
    """Whether a text is a Python expression that reaches further than arithmetic."""
    if ("(" not in text and "." not in text) or len(text) > _LONGEST:
        return False
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(_reaches_out(node) for node in ast.walk(tree))


def _reaches_out(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _REACHING
        case ast.Attribute(attr=name):
            return rules.denied_attribute(name) is not None
        case _:
            return False


def template_danger(text: str) -> bool:
    """Whether a template of `str.format` reads attributes or items."""
    return any(re.search(r"\.\s*\w|\[", field.split(":")[0].split("!")[0]) for field in _FIELD.findall(text))
