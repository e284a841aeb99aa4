"""Structured answers: from a type to the schema a model is given, and from its answer to an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant_magic.exceptions import ConfigurationError, UsageError


def schema_of(output_type: Any) -> Mapping[str, Any] | None:
    """JSON schema of the type, for the provider; None for none.

    Raises:
        UsageError: It is not a type that JSON can describe.
    """
    if output_type is None:
        return None
    from pydantic import PydanticUserError, TypeAdapter

    try:
        return TypeAdapter(output_type).json_schema()
    except PydanticUserError as error:
        raise UsageError(
            f"output_type is {output_type!r}, which no JSON can describe",
            "Pass a pydantic model, a dataclass, or a type such as list[int].",
        ) from error


def validated(output_type: Any, text: str) -> Any:
    """The object that an answer in JSON describes.

    Raises:
        ConfigurationError: The answer does not fit the type.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(output_type).validate_json(text)
    except ValidationError as error:
        name = output_type.__name__ if isinstance(output_type, type) else str(output_type)
        found = [f"{'.'.join(map(str, e['loc']))} {e['msg']}".strip() for e in error.errors()]
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise ConfigurationError(
            f"the answer does not fit {name}: {'; '.join(found[:_SHOWN])}{more}. It reads: {_start(text)}",
            "Ask again, or ask without output_type.",
        ) from error


def _start(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHARS else line[:_CHARS] + "…"


_SHOWN = 3  # problems
_CHARS = 120
