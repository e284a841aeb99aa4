"""Structured answers: from a type to the schema a model is given, and from its answer to an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant_magic.exceptions import ConfigurationError


def schema_of(output_type: Any) -> Mapping[str, Any] | None:
    """JSON schema of the type, for the provider; None for none."""
    if output_type is None:
        return None
    from pydantic import TypeAdapter

    return TypeAdapter(output_type).json_schema()


def validated(output_type: Any, text: str) -> Any:
    """The object that an answer in JSON describes.

    Raises:
        ConfigurationError: The answer does not fit the type.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(output_type).validate_json(text)
    except ValidationError as error:
        raise ConfigurationError(
            f"the answer is not a {getattr(output_type, '__name__', output_type)}: {error.error_count()} problems",
            "Ask again, or ask without output_type and read the text.",
        ) from error
