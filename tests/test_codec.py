"""Items, events and records go to JSON and back."""

import json

import pytest
from hypothesis import given

from assistant_magic.codec import Value, value_types
from assistant_magic.events import Event, TextDelta
from assistant_magic.items import Item, Message, Usage
from strategies import events, items


@given(items)
def test_items_survive_json(item):
    """An item read back from its JSON text is the same item."""
    text = json.dumps(item.to_json())

    assert Item.from_json(json.loads(text)) == item


@given(events)
def test_events_survive_json(event):
    """An event read back from its JSON text is the same event."""
    text = json.dumps(event.to_json())

    assert Event.from_json(json.loads(text)) == event


def test_unknown_fields_are_ignored():
    """A field from a newer version does not lock out this one."""
    delta = Event.from_json({"type": "text_delta", "part": "a", "text": "b", "colour": "red"})

    assert TextDelta(part="a", text="b") == delta


@pytest.mark.parametrize("data", [{}, {"type": "nonsense"}, {"type": "text_delta", "part": "a", "text": "b"}])
def test_foreign_data_is_refused(data):
    """What is no item, or another kind of value, is refused by name."""
    with pytest.raises(ValueError, match="not a Item"):
        Item.from_json(data)


def test_type_names_are_unique():
    """Two values of one name would read each other's data."""
    with pytest.raises(TypeError, match="two values are called 'message'"):
        type("Other", (Value,), {"type": "message"})

    assert value_types()["message"] is Message


def test_usage_adds_up():
    """Tokens add; a cost is known as soon as one side knows it."""
    total = Usage(input_tokens=1, cost=0.5) + Usage(input_tokens=2, output_tokens=3)

    assert Usage(input_tokens=3, output_tokens=3, cost=0.5) == total
