"""Marks an answer from what its reader sees; knows nothing of how the tutor works."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication_application,
    parse_expr,
    standard_transformations,
)

_RULES = (*standard_transformations, convert_xor, implicit_multiplication_application)
_NAMES = {n: sp.Symbol(n) for n in "abcdfghjklmnopqrstuvwxyzABCDFGHJKLMPRTUVWXYZ"} | {
    "e": sp.E,
    "i": sp.I,
    "pi": sp.pi,
    "oo": sp.oo,
    "S": sp.Symbol("S"),
    "N": sp.Symbol("N"),
    "Q": sp.Symbol("Q"),
}
_DECLINES = (
    "I could not read",
    "I can read that in two ways",
    "I do not know yet",
    "I cannot",
    "too large for me",
)


def declined(text: str) -> bool:
    """The answer is a refusal or a question back."""
    return text.lstrip("* ").startswith(_DECLINES)


def headline(text: str) -> str:
    """The part of an answer that carries the result."""
    return text.split("\n\n", maxsplit=1)[0].replace("−", "-")  # the minus sign of typesetting


def math_of(text: str) -> list[str]:
    """What stands between dollar signs."""
    return re.findall(r"\$(.+?)\$", headline(text))


def plain(latex: str) -> str:
    """LaTeX as text that SymPy parses."""
    text = (
        latex.replace(r"\left", "")
        .replace(r"\right", "")
        .replace(r"\,", " ")
        .replace(r"\cdot", "*")
        .replace(r"\times", "*")
    )
    text = re.sub(r"\\log_\{?(\w+)\}?\((.+?)\)", r"log(\2,\1)", text)
    for _ in range(8):
        text = re.sub(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\\sqrt\[(\w+)\]\{([^{}]*)\}", r"root(\2,\1)", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    text = re.sub(r"\|(.+?)\|", r"Abs(\1)", text)
    text = re.sub(r"\*\*\(\\circ\)", "", text)
    for command, name in (
        (r"\pi", " pi "),
        (r"\infty", " oo "),
        (r"\ln", " log"),
        (r"\arcsin", " asin"),
        (r"\arccos", " acos"),
        (r"\arctan", " atan"),
        (r"\%", ""),
    ):
        text = text.replace(command, name)
    text = re.sub(r"\\(sin|cos|tan|sinh|cosh|tanh|exp)", r" \1", text)
    text = re.sub(r"(sin|cos|tan)\*\*\(([^()]*)\)\(([^()]*)\)", r"(\1(\3))**(\2)", text)
    text = re.sub(r"\\(text|mathrm|operatorname)\{[^{}]*\}", "", text)
    return text.replace("{", "(").replace("}", ")").strip(" .,")


def expression(latex: str) -> Any:
    """A SymPy value of LaTeX, or None."""
    if "pmatrix" in latex:
        body = re.search(r"\\begin\{pmatrix\}(.*)\\end\{pmatrix\}", latex)
        rows = [[expression(c) for c in row.split("&")] for row in body.group(1).split(r"\\")] if body else []
        return sp.Matrix(rows)
    try:
        return parse_expr(plain(latex), local_dict=dict(_NAMES), transformations=_RULES)
    except Exception:  # noqa: BLE001  # whatever a parser makes of unexpected text, it is no value
        return None


def final(text: str) -> list[str]:
    """The right-hand sides of the formulas in the headline."""
    return [re.split(r"=|\\approx", part)[-1] for part in math_of(text)]


def values(text: str) -> list[Any]:
    """The values a reader sees as results."""
    found = [v for part in final(text) if (v := expression(part)) is not None]
    return found or [
        expression(n) for n in re.findall(r"-?\d[\d,]*\.?\d*(?:/\d+)?", headline(text).replace(",", ""))
    ]


def target(answer: str) -> Any:
    """The expected answer."""
    return parse_expr(
        answer, local_dict={**_NAMES, "I": sp.I, "E": sp.E}, transformations=standard_transformations
    )


def right(item: dict[str, Any], text: str) -> bool:
    """The answer satisfies the item's check."""
    check = item["check"]
    marks = {
        "numeric": _numeric,
        "equivalent": _equivalent,
        "set": _set,
        "bool": _bool,
        "text": _text,
        "exact_form": _form,
    }
    return bool(marks[check](item, text))


def _close(one: Any, other: Any, tolerance: float) -> bool:
    try:
        return abs(complex(sp.N(one)) - complex(sp.N(other))) <= max(tolerance, 1e-9)
    except (TypeError, ValueError, AttributeError):
        return False


def _numeric(item: dict[str, Any], text: str) -> bool:
    found = values(text)
    return bool(found) and _close(found[-1], target(item["answer"]), item.get("tol") or 1e-9)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, sp.MatrixBase) or isinstance(other, sp.MatrixBase):
        return (
            isinstance(one, sp.MatrixBase)
            and isinstance(other, sp.MatrixBase)
            and one.shape == other.shape
            and sp.simplify(one - other).is_zero_matrix
        )
    if isinstance(one, tuple | sp.Tuple) or isinstance(other, tuple | sp.Tuple):
        return (
            isinstance(one, tuple | sp.Tuple)
            and isinstance(other, tuple | sp.Tuple)
            and len(one) == len(other)
            and all(_same(sp.sympify(a), sp.sympify(b)) for a, b in zip(one, other, strict=True))
        )
    try:
        if sp.simplify(one - other) == 0:
            return True
        letters = sorted((one - other).free_symbols, key=str)
        points = [
            dict(zip(letters, [sp.Rational(k * 7 + j * 3, 5) for j in range(len(letters))], strict=True))
            for k in (1, 2, 3)
        ]
        return all(_close((one - other).subs(p), 0, 1e-9) for p in points)
    except (TypeError, AttributeError):
        return False


def _equivalent(item: dict[str, Any], text: str) -> bool:
    found = values(text)
    if not found:
        return False
    expected = target(item["answer"])
    got = found[-1]
    if item.get("form") == "up_to_constant":
        x = min(expected.free_symbols, key=str)
        return _same(sp.diff(got, x), sp.diff(expected, x))
    return _same(got, expected)


def _set(item: dict[str, Any], text: str) -> bool:
    expected = item["answer"]
    if isinstance(expected, str):
        return _region(text) == sp.sympify(expected)
    if expected and isinstance(expected[0], dict):
        return _systems(text) == {tuple(sorted((k, sp.nsimplify(v)) for k, v in d.items())) for d in expected}
    found = [
        v
        for part in final(text)
        for v in (expression(p) for p in re.split(r",|\\text\{ (?:or|and) \}", part))
        if v is not None
    ]
    wanted = [target(v) for v in expected]
    tolerance = item.get("tol") or 1e-9
    return len(found) == len(wanted) and all(any(_close(f, w, tolerance) for f in found) for w in wanted)


def _systems(text: str) -> set[Any]:
    out, pair = set(), {}
    for part in math_of(text):
        for piece in re.split(r",\s*", part):
            left, _, right_side = piece.partition("=")
            if left.strip() in pair:
                out.add(tuple(sorted(pair.items())))
                pair = {}
            value = expression(right_side)
            pair[left.strip()] = sp.nsimplify(value) if value is not None else None
    out.add(tuple(sorted(pair.items())))
    return out


def _region(text: str) -> Any:
    x = sp.Symbol("x", real=True)
    pieces = []
    for part in math_of(text):
        for alternative in re.split(r"\\text\{ or \}", part):
            relation = re.split(r"(\\le(?![a-z])|\\ge(?![a-z])|<|>|\\neq)", alternative)
            region = sp.Reals
            for k in range(1, len(relation) - 1, 2):
                sides = [expression(relation[j]) for j in (k - 1, k + 1)]
                if None in sides:
                    return None
                one, other = ((s.subs(dict.fromkeys(s.free_symbols, x))) for s in map(sp.sympify, sides))
                sign = {r"\le": sp.Le, r"\ge": sp.Ge, "<": sp.Lt, ">": sp.Gt, r"\neq": sp.Ne}[relation[k]]
                region = region.intersect(sign(one, other).as_set())
            pieces.append(region)
        break
    return sp.Union(*pieces) if pieces else None


def _bool(item: dict[str, Any], text: str) -> bool:
    word = headline(text).lstrip("*$ ").lower()
    yes, no = word.startswith(("yes", "true")), word.startswith(("no", "false"))
    return yes if item["answer"] == "True" else no


def _text(item: dict[str, Any], text: str) -> bool:
    seen = re.sub(r"[*$`_]|\\text|[{}]", "", headline(text)).lower()
    seen = re.sub(r"\s+", " ", seen.replace(r"\frac", ""))
    return any(
        re.search(rf"(?<![\w.]){re.escape(a.lower())}(?![\w.])", seen)
        for a in [item["answer"], *(item.get("accept") or [])]
    )


def _form(item: dict[str, Any], text: str) -> bool:
    parts = final(text)
    if not parts:
        return False
    shown, got, form = plain(parts[-1]), expression(parts[-1]), item["form"]
    if got is None or not _same(got, target(item["answer"])):
        return False
    if form == "factored":
        return "(" in shown or shown.count("*") > 0
    if form == "expanded":
        return "(" not in re.sub(r"\*\*\(\w+\)", "", shown)
    if form == "prime_factorisation":
        return "*" in shown
    return True
