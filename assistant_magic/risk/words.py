"""Text that a library will run as code: whether it reads like anything but an expression."""

from __future__ import annotations

import re

from assistant_magic.risk import rules

_DUNDER = re.compile(r"__\w+")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_ATTRIBUTE = re.compile(r"(?<![\d.])\.\s*([A-Za-z_]\w*)")
_NAMED_VALUE = re.compile(r"@\s*\w+\s*[.(\[]")
_FIELD = re.compile(r"\{([^{}]*)")
_EVALUATING = {"sympify", "parse_expr", "S", "lambdify", "preview", "getattr", "simplify", "apply"}
_NAMES_ONLY = {"__main__", "__name__", "__doc__", "__version__", "__init__"}


def hides_a_dunder(text: str) -> bool:
    """Whether plain text names something inside Python's objects."""
    return any(m.group() not in _NAMES_ONLY and m.group().endswith("__") for m in _DUNDER.finditer(text))


def danger(text: str) -> str:
    """Why evaluating `text` is more than arithmetic, or `""`."""
    if _DUNDER.search(text):
        return "it reaches inside an object"
    for match in _CALL.finditer(text):
        name = match.group(1)
        # Without a word boundary: a piece cut out of the text may begin anywhere.
        if any(name.endswith(bad) for bad in rules.DENIED_BUILTINS) or name in _EVALUATING:
            return f"it calls {name}"
    for match in _ATTRIBUTE.finditer(text):
        denied = rules.denied_attribute(match.group(1))
        if denied:
            return f"it {denied[1]}"
    if _NAMED_VALUE.search(text):
        return "it calls or reaches into a variable"
    return ""


def expression_danger(text: str) -> str:
    """The same for text that becomes a mathematical expression, where a text within the text is a disguise."""
    if any(quote in text for quote in ("'''", '"')) or re.search(r"\(\s*'", text):
        return "it has text inside the text"
    return danger(text)


def template_danger(text: str) -> bool:
    """Whether a template of `str.format` reads attributes or items."""
    return any(re.search(r"\.\s*\w|\[", field.split(":")[0].split("!")[0]) for field in _FIELD.findall(text))
