"""Rules that make problems: for each topic three levels, each with the answer that the rule was built from.

A rule starts at the answer where it can, so what `exercises` computes from the words of the problem is a second,
independent way to the same answer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

Rule = Callable[[random.Random], tuple[str, str]]
"""Gives a problem as a pupil would type it, and its answer."""


def _polynomial(*coefficients: int, letter: str = "x") -> str:
    """`2x^2 - 3x + 1` from (2, -3, 1)."""
    terms: list[str] = []
    for power, factor in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if not factor:
            continue
        digits = "" if abs(factor) == 1 and power else str(abs(factor))
        raised = "" if power == 0 else letter if power == 1 else f"{letter}^{power}"
        sign = ("-" if factor < 0 else "") if not terms else (" - " if factor < 0 else " + ")
        terms.append(f"{sign}{digits}{raised}")
    return "".join(terms) or "0"


def _nonzero(dice: random.Random, low: int, high: int, *others: int) -> int:
    """A whole number that is neither 0 nor one of `others`."""
    return dice.choice([n for n in range(low, high + 1) if n and n not in others])


def _signed(n: int) -> str:
    return f"({n})" if n < 0 else str(n)


def _fraction(dice: random.Random, bottoms: Sequence[int] = (3, 4, 5, 6, 7, 8, 9)) -> Fraction:
    under = dice.choice(bottoms)
    return Fraction(dice.choice([n for n in range(1, under) if math.gcd(n, under) == 1]), under)


def _sum_and_product(dice: random.Random) -> tuple[str, str]:
    a, b, c = dice.randint(3, 20), dice.randint(2, 9), dice.randint(2, 9)
    return f"Work out {a} + {b} * {c}", str(a + b * c)


def _brackets(dice: random.Random) -> tuple[str, str]:
    a, b, c, d = dice.randint(2, 9), dice.randint(2, 9), dice.randint(2, 9), dice.randint(2, 20)
    return f"Work out ({a} + {b}) * {c} - {d}", str((a + b) * c - d)


def _negatives(dice: random.Random) -> tuple[str, str]:
    a, b, c = (_nonzero(dice, -9, 9) for _ in range(3))
    return f"Work out {a} - {_signed(b)} * {_signed(-abs(c))}", str(a - b * -abs(c))


def _like_fractions(dice: random.Random) -> tuple[str, str]:
    under = dice.choice([5, 7, 9, 11, 13])
    a, b = dice.sample(range(1, under), 2)
    return f"Work out {a}/{under} + {b}/{under}", str(Fraction(a + b, under))


def _unlike_fractions(dice: random.Random) -> tuple[str, str]:
    one, other = _fraction(dice), _fraction(dice)
    while other == one:
        other = _fraction(dice)
    sign = dice.choice("+-")
    return f"Work out {one} {sign} {other}", str(one + other if sign == "+" else one - other)


def _divided_fractions(dice: random.Random) -> tuple[str, str]:
    one, other = _fraction(dice), _fraction(dice, (2, 3, 4, 5))
    sign = dice.choice("*÷")
    return f"Work out {one} {sign} {other}", str(one * other if sign == "*" else one / other)


def _percent_of(dice: random.Random) -> tuple[str, str]:
    part, whole = dice.choice([10, 20, 25, 50, 75]), 20 * dice.randint(2, 20)
    return f"What is {part}% of {whole}?", str(Fraction(part * whole, 100))


def _changed_by_percent(dice: random.Random) -> tuple[str, str]:
    part, whole = 5 * dice.randint(1, 9), 20 * dice.randint(2, 20)
    word = dice.choice(["Increase", "Decrease"])
    change = Fraction(part * whole, 100) * (1 if word == "Increase" else -1)
    return f"{word} {whole} by {part}%", str(whole + change)


def _whole_from_percent(dice: random.Random) -> tuple[str, str]:
    part, whole = dice.choice([5, 15, 20, 30, 35, 40, 60]), 20 * dice.randint(2, 20)
    return f"{part * whole // 100} is {part}% of what number?", str(whole)


def _two_powers(dice: random.Random) -> tuple[str, str]:
    a, b = dice.randint(2, 5), dice.randint(4, 9)
    return f"Work out {a}^3 + {b}^2", str(a**3 + b**2)


def _negative_exponent(dice: random.Random) -> tuple[str, str]:
    base, power = dice.choice(
        [(2, 2), (2, 3), (2, 4), (3, 2), (4, 2), (5, 2), (6, 2), (7, 2), (8, 2), (9, 2), (10, 3)]
    )
    return f"Work out {base}^(-{power})", str(Fraction(1, base**power))


def _root_exponent(dice: random.Random) -> tuple[str, str]:
    base, under = dice.choice(
        [(2, 3), (3, 3), (2, 4), (3, 4), (4, 2), (5, 2), (6, 2), (7, 2), (10, 3), (5, 3)]
    )
    over = dice.choice([n for n in (1, 2, 3) if math.gcd(n, under) == 1])
    return f"Work out {base**under}^({over}/{under})", str(base**over)


def _value_of_line(dice: random.Random) -> tuple[str, str]:
    a, b, x = dice.randint(2, 9), dice.randint(1, 12), dice.randint(2, 9)
    return f"What is {_polynomial(a, b)} when x = {x}?", str(a * x + b)


def _value_of_square(dice: random.Random) -> tuple[str, str]:
    a, b, x = dice.randint(1, 4), _nonzero(dice, -6, 6), _nonzero(dice, -5, -1)
    return f"What is {_polynomial(a, b, 0)} when x = {x}?", str(a * x * x + b * x)


def _value_in_two_letters(dice: random.Random) -> tuple[str, str]:
    a, x, y = dice.randint(2, 6), _nonzero(dice, -5, 5), _nonzero(dice, -5, 5)
    return f"What is x^2 - {a}y when x = {x} and y = {y}?", str(x * x - a * y)


def _expand_once(dice: random.Random) -> tuple[str, str]:
    a, b = dice.randint(2, 9), _nonzero(dice, -9, 9)
    return f"Expand {a}({_polynomial(1, b)})", _polynomial(a, a * b)


def _expand_pair(dice: random.Random) -> tuple[str, str]:
    p, q = _nonzero(dice, -9, 9), _nonzero(dice, -9, 9)
    return f"Expand ({_polynomial(1, p)})({_polynomial(1, q)})", _polynomial(1, p + q, p * q)


def _expand_square(dice: random.Random) -> tuple[str, str]:
    a, b = dice.randint(2, 5), _nonzero(dice, -7, 7)
    return f"Expand ({_polynomial(a, b)})^2", _polynomial(a * a, 2 * a * b, b * b)


def _common_factor(dice: random.Random) -> tuple[str, str]:
    factor, (a, b) = (
        dice.randint(2, 9),
        dice.choice([(2, 3), (3, 5), (1, 4), (2, 7), (5, 2), (3, -4), (1, -6), (4, 3)]),
    )
    return f"Factor {_polynomial(factor * a, factor * b)}", f"{factor}({_polynomial(a, b)})"


def _trinomial(dice: random.Random) -> tuple[str, str]:
    p = _nonzero(dice, -9, 9)
    q = _nonzero(dice, -9, 9, p)
    return f"Factor {_polynomial(1, p + q, p * q)}", f"({_polynomial(1, p)})({_polynomial(1, q)})"


def _leading_trinomial(dice: random.Random) -> tuple[str, str]:
    a, q = dice.choice([2, 3, 5]), _nonzero(dice, -7, 7)
    p = dice.choice([n for n in range(-7, 8) if n % a])
    return f"Factor {_polynomial(a, p + a * q, p * q)}", f"({_polynomial(a, p)})({_polynomial(1, q)})"


def _line(dice: random.Random) -> tuple[str, str]:
    a, b, x = dice.randint(2, 9), _nonzero(dice, -15, 15), dice.randint(2, 12)
    return f"Solve {_polynomial(a, b)} = {a * x + b}", f"x = {x}"


def _two_sided(dice: random.Random) -> tuple[str, str]:
    a, x, b = dice.randint(3, 9), _nonzero(dice, -9, 9), _nonzero(dice, -12, 12)
    c = _nonzero(dice, 1, 8, a)
    return f"Solve {_polynomial(a, b)} = {_polynomial(c, (a - c) * x + b)}", f"x = {x}"


def _bracketed(dice: random.Random) -> tuple[str, str]:
    a, p, x = dice.randint(2, 6), _nonzero(dice, -7, 7), _nonzero(dice, -9, 9)
    c = _nonzero(dice, 1, 8, a)
    return f"Solve {a}({_polynomial(1, p)}) = {_polynomial(c, (a - c) * x + a * p)}", f"x = {x}"


def _square(dice: random.Random) -> tuple[str, str]:
    x = dice.randint(2, 12)
    return f"Solve x^2 = {x * x}", f"x = {x} or x = -{x}"


def _quadratic(dice: random.Random) -> tuple[str, str]:
    p = _nonzero(dice, -9, 9)
    q = _nonzero(dice, -9, 9, p)
    return f"Solve {_polynomial(1, -(p + q), p * q)} = 0", f"x = {p} or x = {q}"


def _leading_quadratic(dice: random.Random) -> tuple[str, str]:
    a, q = dice.choice([2, 3, 5]), _nonzero(dice, -6, 6)
    p = dice.choice([n for n in range(-7, 8) if n % a])
    return f"Solve {_polynomial(a, -(p + a * q), p * q)} = 0", f"x = {p}/{a} or x = {q}"


def _pair(dice: random.Random, a: int, b: int, c: int, d: int) -> tuple[str, str]:
    x, y = _nonzero(dice, -6, 9), _nonzero(dice, -6, 9)
    left = f"{_two_letters(a, b)} = {a * x + b * y}"
    return f"Solve {left} and {_two_letters(c, d)} = {c * x + d * y}", f"x = {x}, y = {y}"


def _two_letters(a: int, b: int) -> str:
    y = _polynomial(abs(b), 0, letter="y")
    return f"{_polynomial(a, 0)} {'-' if b < 0 else '+'} {y}"


def _sum_and_difference(dice: random.Random) -> tuple[str, str]:
    return _pair(dice, 1, 1, 1, -1)


def _one_multiple(dice: random.Random) -> tuple[str, str]:
    return _pair(dice, dice.randint(2, 5), 1, 1, dice.choice([-1, 1]))


def _two_multiples(dice: random.Random) -> tuple[str, str]:
    a, b, c, d = dice.choice([(2, 3, 3, -2), (3, 2, 5, -4), (4, 3, 3, 5), (5, -2, 2, 3), (3, 4, 2, -5)])
    return _pair(dice, a, b, c, d)


def _inequality(dice: random.Random) -> tuple[str, str]:
    a, b, x, sign = dice.randint(2, 9), _nonzero(dice, -12, 12), dice.randint(2, 9), dice.choice("<>")
    return f"Solve {_polynomial(a, b)} {sign} {a * x + b}", f"x {sign} {x}"


def _turned_inequality(dice: random.Random) -> tuple[str, str]:
    a, b, x, sign = dice.randint(2, 9), dice.randint(2, 15), _nonzero(dice, -9, 9), dice.choice("<>")
    turned = ">" if sign == "<" else "<"
    return f"Solve {b} - {a}x {sign} {b - a * x}", f"x {turned} {x}"


def _double_inequality(dice: random.Random) -> tuple[str, str]:
    a, b, low = dice.randint(2, 5), _nonzero(dice, -9, 9), dice.randint(-5, 3)
    high = low + dice.randint(2, 6)
    return f"Solve {a * low + b} < {_polynomial(a, b)} <= {a * high + b}", f"{low} < x <= {high}"


def _derivative(dice: random.Random) -> tuple[str, str]:
    a, n, b = dice.randint(2, 9), dice.randint(2, 6), _nonzero(dice, -9, 9)
    return (
        f"Differentiate {a}x^{n} {'+' if b > 0 else '-'} {_polynomial(abs(b), 0)}",
        f"{a * n}x^({n - 1}) + ({b})",
    )


def _chain(dice: random.Random) -> tuple[str, str]:
    a, b, n = dice.randint(2, 5), _nonzero(dice, -7, 7), dice.randint(3, 6)
    return f"Differentiate ({_polynomial(a, b)})^{n}", f"{a * n}({_polynomial(a, b)})^{n - 1}"


def _product_rule(dice: random.Random) -> tuple[str, str]:
    n, a = dice.randint(2, 4), dice.randint(2, 5)
    outer, inner = dice.choice([("sin", "cos"), ("exp", "exp")])
    return (
        f"Differentiate x^{n} * {outer}({a}x)",
        f"{n} x^({n - 1}) * {outer}({a}x) + {a} x^{n} * {inner}({a}x)",
    )


def _integral(dice: random.Random) -> tuple[str, str]:
    a, n, b = dice.randint(1, 6), dice.randint(1, 5), _nonzero(dice, -9, 9)
    integrand = _polynomial(*(a * (n + 1) if i == 0 else 0 for i in range(n)), b)
    return f"Integrate {integrand}", f"{a}x^{n + 1} + ({b})x + C"


def _definite(dice: random.Random) -> tuple[str, str]:
    a, b, high = dice.randint(1, 4), _nonzero(dice, -5, 5), dice.randint(1, 4)
    return f"Integrate {_polynomial(3 * a, 0, b)} from 0 to {high}", str(a * high**3 + b * high)


def _of_function(dice: random.Random) -> tuple[str, str]:
    a, (f, whole) = (
        dice.randint(2, 7),
        dice.choice([("cos", "sin({a}x)/{a}"), ("sin", "-cos({a}x)/{a}"), ("exp", "exp({a}x)/{a}")]),
    )
    return f"Integrate {f}({a}x)", whole.format(a=a) + " + C"


RULES: Mapping[str, tuple[Rule, Rule, Rule]] = {
    "arithmetic": (_sum_and_product, _brackets, _negatives),
    "derivatives": (_derivative, _chain, _product_rule),
    "expanding": (_expand_once, _expand_pair, _expand_square),
    "factoring": (_common_factor, _trinomial, _leading_trinomial),
    "fractions": (_like_fractions, _unlike_fractions, _divided_fractions),
    "inequalities": (_inequality, _turned_inequality, _double_inequality),
    "integrals": (_integral, _definite, _of_function),
    "linear equations": (_line, _two_sided, _bracketed),
    "percentages": (_percent_of, _changed_by_percent, _whole_from_percent),
    "powers": (_two_powers, _negative_exponent, _root_exponent),
    "quadratic equations": (_square, _quadratic, _leading_quadratic),
    "simultaneous equations": (_sum_and_difference, _one_multiple, _two_multiples),
    "substitution": (_value_of_line, _value_of_square, _value_in_two_letters),
}
"""The rules of each topic, from level 1 to level 3."""
