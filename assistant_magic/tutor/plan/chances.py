"""SymPy for chance and counting."""

from __future__ import annotations

CHANCES: dict[str, tuple[str, ...]] = {
    "choose": ("sp.binomial({0}, {1})",),
    "permute": ("sp.ff({0}, {1})",),
    "arrange": ("sp.factorial({0})",),
    "arrange_letters": (
        "sp.factorial(len({word}))/sp.prod(sp.factorial({word}.count(c)) for c in set({word}))",
    ),
    "binomial_exactly": ("sp.binomial({0}, {1})*({2})**({1})*(1 - ({2}))**(({0}) - ({1}))",),
    "binomial_at_least": (
        "sum(sp.binomial({0}, k)*({2})**k*(1 - ({2}))**({0} - k) for k in range({1}, {0} + 1))",
    ),
    "binomial_at_most": ("sum(sp.binomial({0}, k)*({2})**k*(1 - ({2}))**({0} - k) for k in range({1} + 1))",),
    "dice_sum": (
        "from itertools import product",
        "rolls = [sum(roll) for roll in product(range(1, 7), repeat={0})]",
        "sp.Rational(sum(total {sign} {1} for total in rolls), len(rolls))",
    ),
}
