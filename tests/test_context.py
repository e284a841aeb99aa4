"""Prompts are filled with variables, and with nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_magic.context import describe, fill

NAMES = {"x": 5, "name": "Bob", "a": 1, "b": 2, "n": 3, "_secret": 1}


@pytest.mark.parametrize(
    "prompt",
    [
        r"\frac{1}{2}",
        "{}",
        "{'a': 1}",
        'f"{x!r}"',
        'f"{x}"',
        r"$$\sqrt{x}$$",
        r"\sqrt{x}",
        r"\frac{a}{b}",
        r"\frac{\sqrt{x}}{b}",
        r"\sqrt[n]{x}",
        r"\(a_{x}\) and \[ {x} \]",
        "$x^{n} + {x}$",
        "x^{n}",
        "`{x}`",
        "``a ` {x}``",
        "```\n{x}\n```",
        "~~~python\nprint({x})\n~~~",
        "${x}",
        "{{x}}",
        "{x.y} {x[0]} {x!r} {x:>3} { x } {1}",
        "{nope}",
        "{_secret}",
        "100% %s %(x)s",
    ],
)
def test_everything_else_goes_out_byte_for_byte(prompt):
    """LaTeX, code and braces that are not exactly a variable are left alone."""
    assert (prompt, {}) == fill(prompt, NAMES)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("hi {name}, is {x} odd?", "hi Bob, is 5 odd?"),
        ("{x}{a}", "51"),
        ("({x})", "(5)"),
        ("v{x}", "v5"),
        ("it costs $5 and {x} and $6", "it costs $5 and 5 and $6"),
        (r"\frac{1}{2} of {x}", r"\frac{1}{2} of 5"),
        ("```\n{x}\n```\n{x}", "```\n{x}\n```\n5"),
        ("`{x}` is {x}", "`{x}` is 5"),
    ],
)
def test_variables_are_filled(prompt, expected):
    """A name in braces becomes the variable's text, wherever it stands in plain words."""
    assert expected == fill(prompt, NAMES)[0]


def test_what_was_filled_is_told():
    """The reader can be shown which variables went out, and with which value."""
    _, filled = fill("{x} and {name} and {x}", NAMES)

    assert filled == {"x": "5", "name": "Bob"}


@given(st.text())
def test_without_variables_nothing_changes(prompt):
    """Whatever is typed goes out unchanged when the notebook has no variables."""
    assert (prompt, {}) == fill(prompt, {})


@given(st.text(alphabet="{}$\\`\"'fx \n()[]", max_size=40))
def test_only_fields_change(prompt):
    """Whatever surrounds a field stays: putting the name back restores the prompt."""
    filled, names = fill(prompt, {"x": "\0"})

    assert prompt == filled.replace("\0", "{x}")
    assert ("x" in names) == ("\0" in filled)


def test_tables_are_described_not_dumped():
    """A data frame goes out as shape, types and first rows."""
    pd = pytest.importorskip("pandas")
    text = describe(pd.DataFrame({"city": ["Ulm"] * 1000, "n": range(1000)}))

    assert "1000 rows × 2 columns" in text
    assert "n: int64" in text
    assert len(text) < 1000


def test_a_broken_repr_does_not_lose_the_prompt():
    """A variable that cannot be shown is named as such."""

    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert describe(Broken()) == "<Broken, which cannot be shown: RuntimeError>"
