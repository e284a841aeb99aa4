"""Values that go to JSON and back: the base of every item, event and record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from typing import Any, ClassVar, Self

JSON = dict[str, Any]

_types: dict[str, type[Value]] = {}


class Value:
    """Base of the frozen dataclasses that are stored or sent.

    A subclass names itself by a class attribute `type`; that string stands in its JSON and finds the class
    again. Fields that hold other values are declared with `nested()`; every other field holds plain JSON.
    """

    type: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        name = cls.__dict__.get("type")
        if name is not None:
            if name in _types:
                raise TypeError(f"two values are called {name!r}: {_types[name].__name__} and {cls.__name__}")
            _types[name] = cls

    def to_json(self) -> JSON:
        """This value as plain JSON data; fields at their default are left out."""
        assert is_dataclass(self)
        out: JSON = {"type": self.type}
        for f in fields(self):
            value = getattr(self, f.name)
            if not _is_default(f, value):
                out[f.name] = _plain(value)
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The value that `to_json` described.

        Unknown fields are ignored, so that a newer writer does not lock out an older reader.

        Raises:
            ValueError: `data` names no known type, or another one than `cls`.
        """
        kind = _types.get(str(data.get("type")))
        if kind is None or not issubclass(kind, cls):
            raise ValueError(f"not a {cls.__name__}: type {data.get('type')!r}")
        assert is_dataclass(kind)
        known = {f.name: f for f in fields(kind)}
        return kind(**{k: _built(known[k], v) for k, v in data.items() if k in known})


def nested(**options: Any) -> Any:
    """A dataclass field that holds a value or a tuple of values."""
    return field(**options, metadata={"nested": True})


def value_types() -> dict[str, type[Value]]:
    """Every declared value by its `type` name; what the wire schema is made from."""
    return dict(_types)


def _is_default(f: Field[Any], value: object) -> bool:
    if f.default is not MISSING:
        return bool(value == f.default)
    return f.default_factory is not MISSING and bool(value == f.default_factory())


def _plain(value: object) -> Any:
    if isinstance(value, Value):
        return value.to_json()
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _built(f: Field[Any], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(Value.from_json(v) if f.metadata.get("nested") else v for v in value)
    if f.metadata.get("nested") and value is not None:
        return Value.from_json(value)
    return value
