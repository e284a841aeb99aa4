"""Values that go to JSON and back: the base of every item, event and record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from typing import Any, ClassVar, Self

JSON = dict[str, Any]

_types: dict[str, type[Value]] = {}
_shapes: dict[type[Value], dict[str, bool]] = {}


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
        is_nested = _shape(kind)
        return kind(**{k: _built(is_nested[k], v) for k, v in data.items() if k in is_nested})


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


def _shape(kind: type[Value]) -> dict[str, bool]:
    # Remembered, because a long thread is read as tens of thousands of values.
    if kind not in _shapes:
        assert is_dataclass(kind)
        _shapes[kind] = {f.name: bool(f.metadata.get("nested")) for f in fields(kind)}
    return _shapes[kind]


def _built(is_nested: bool, value: Any) -> Any:
    if isinstance(value, list):
        return tuple([Value.from_json(v) for v in value]) if is_nested else tuple(value)
    if is_nested and value is not None:
        return Value.from_json(value)
    return value
