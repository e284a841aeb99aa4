"""Functions become tools, and what they return becomes words and pictures."""

import json
from dataclasses import dataclass
from typing import Literal

import pytest

from assistant_magic import tool
from assistant_magic.exceptions import ToolError, UsageError
from assistant_magic.items import Image, Text
from assistant_magic.tool_values import MAX_CHARS, parts_of
from assistant_magic.tools import as_tool


def test_a_function_is_described_by_signature_and_docstring():
    """The model sees the summary, and each parameter with type, default and description."""

    @tool
    def weather(city: str, unit: Literal["C", "F"] = "C", days: list[int] | None = None) -> str:
        """Tell the weather.

        It is often wrong.

        Args:
            city: Where,
                in English.
            unit: Of the temperature.
        """
        return f"{city} {unit} {days}"

    assert weather.name == "weather"
    assert weather.description == "Tell the weather.\nIt is often wrong."
    properties = weather.parameters["properties"]
    assert properties["city"] == {"type": "string", "description": "Where,\nin English."}
    assert properties["unit"] == {
        "type": "string",
        "enum": ["C", "F"],
        "default": "C",
        "description": "Of the temperature.",
    }
    assert weather.parameters["required"] == ["city"]
    assert weather("Ulm") == "Ulm C None"


def test_a_parameter_called_title_keeps_its_name():
    """Titles that pydantic adds are dropped; a parameter of that name is not."""

    @tool
    def find(title: str) -> str:
        """Find a book."""
        return title

    assert find.parameters["properties"] == {"title": {"type": "string"}}


def test_values_arrive_as_their_types():
    """Arguments are validated into what the hints say, dataclasses included."""

    @dataclass
    class Point:
        x: float
        y: float

    def norm(point: Point) -> float:
        """Length."""
        return (point.x**2 + point.y**2) ** 0.5

    arguments = as_tool(norm).validate('{"point": {"x": 3, "y": 4}}')

    assert norm(**arguments) == 5.0


def test_the_name_and_the_words_can_be_given():
    """`@tool(name=…, description=…)` overrides both."""

    @tool(name="other", description="Something else.")
    def function() -> None:
        """Not this."""

    assert (function.name, function.description) == ("other", "Something else.")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(a): ...", "has no type hint"),
        ("def f(*a: int): ...", "cannot name"),
        ("def f(a: int, /): ...", "cannot name"),
        ("def f(a: 'Nonsense'): ...", "is unknown"),
        ("def f(a: object().__class__.__mro__[0].__subclasses__): ...", "cannot be described"),
    ],
)
def test_what_cannot_be_a_tool_is_said(source, said):
    """A function that a model cannot be told about is refused with the parameter and a cure."""
    names: dict = {}
    exec(source, names)

    with pytest.raises(UsageError, match=said) as caught:
        tool(names["f"])
    assert caught.value.cure


def test_validation_errors_are_for_the_model():
    """They name each parameter and what is wrong with it, in one line."""

    def f(a: int, b: str) -> None:
        """F."""

    with pytest.raises(ToolError, match=r"a: .*integer.*; b: Field required"):
        as_tool(f).validate('{"a": "x"}')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("words", "words"),
        (None, "done, nothing returned"),
        (True, "true"),
        (1.5, "1.5"),
        ({"a": [1, "ä"]}, '{"a": [1, "ä"]}'),
        ([1, {2}], "[1, {2}]"),
        (b"abc", "3 bytes"),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_values_become_words(value, text):
    """Text stays as it is, plain data is JSON, the rest its `str`."""
    assert parts_of(value) == (Text(text=text),)


def test_figures_become_pictures():
    """A matplotlib figure is returned as a PNG."""
    figure = pytest.importorskip("matplotlib.figure").Figure()
    figure.add_subplot().plot([1, 2])
    (part,) = parts_of(figure)

    assert isinstance(part, Image)
    assert part.data.startswith("iVBOR")


def test_huge_values_are_cut():
    """A tool that returns 100 MB costs no more than the bound, and says how much is missing."""
    (part,) = parts_of("x" * 100_000_000)

    assert len(part.text) < MAX_CHARS + 100
    assert "99,900,000 characters left out" in part.text


def test_tables_are_readable():
    """A data frame comes as a table, not as nested lists."""
    pd = pytest.importorskip("pandas")
    (part,) = parts_of(pd.DataFrame({"a": [1], "b": ["x"]}))

    assert "a  b" in part.text
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(part.text)
