"""JSON schemas for structured answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Keywords that the strict mode of structured outputs does not take.
_LOOSE = {
    "patternProperties",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "allOf",
    "dependentSchemas",
    "unevaluatedProperties",
}


def strict_schema(schema: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema as strict mode wants it (every property required, no other ones), and whether it can be.

    A schema that strict mode cannot express comes back unchanged with False.
    """
    try:
        return _closed(schema), True
    except _CannotBeStrict:
        return dict(schema), False


class _CannotBeStrict(Exception):  # noqa: N818 - never leaves this module
    pass


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if _LOOSE & schema.keys():
        raise _CannotBeStrict
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in {"properties", "$defs", "definitions"}:
            closed[key] = {name: _closed(part) for name, part in value.items()}
        elif key in {"items", "anyOf", "prefixItems"}:
            closed[key] = _closed(value)
        elif key != "default":
            closed[key] = value
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") or "properties" not in schema:
            raise _CannotBeStrict
        closed["additionalProperties"] = False
        closed["required"] = list(schema["properties"])
    return closed
