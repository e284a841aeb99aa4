"""What a model is told about a function: its JSON schema, from type hints and a Google docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from assistant_magic.exceptions import ToolError, UsageError


@dataclass(frozen=True, kw_only=True)
class Described:
    """A function as a model sees it, and the check of what the model sends."""

    summary: str
    parameters: Mapping[str, Any]
    validate: Callable[[str], Mapping[str, Any]]


def describe(function: Callable[..., Any]) -> Described:
    """Read a function's signature and docstring.

    Raises:
        UsageError: A parameter has no type hint, or one without a JSON form.
    """
    from docstring_parser import parse
    from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
    from pydantic.errors import PydanticUserError

    name = getattr(function, "__name__", repr(function))
    doc = parse(inspect.getdoc(function) or "")
    said = {p.arg_name: p.description or "" for p in doc.params}
    fields: dict[str, Any] = {}
    for parameter, hint in _parameters(function, name):
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hint, Field(default, description=said.get(parameter.name) or None))
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)
    try:
        model: type[BaseModel] = create_model(name, __config__=config, **fields)
        schema = model.model_json_schema()
    except (PydanticUserError, NameError) as error:
        said_why = str(error).splitlines()[0]
        raise UsageError(
            f"the tool {name!r} cannot be described to a model: {said_why}",
            "Use type hints with a JSON form: str, int, float, bool, list, dict, Literal, dataclasses.",
        ) from error

    def validate(arguments: str) -> Mapping[str, Any]:
        try:
            values = model.model_validate_json(arguments or "{}")
        except ValidationError as error:
            raise ToolError(f"the arguments of {name!r} do not validate: {_in_a_line(error)}") from error
        return {field: getattr(values, field) for field in fields}

    words = [part for part in (doc.short_description, doc.long_description) if part]
    return Described(summary="\n".join(words), parameters=_without_titles(schema), validate=validate)


def _parameters(function: Callable[..., Any], name: str) -> list[tuple[inspect.Parameter, Any]]:
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise UsageError(
            f"a type hint of the tool {name!r} is unknown: {error}", "Import what it names."
        ) from error
    found = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise UsageError(
                f"the tool {name!r} has a parameter `{parameter}` that a model cannot name",
                "Name its parameters.",
            )
        if parameter.name not in hints:
            raise UsageError(
                f"the parameter `{parameter.name}` of the tool {name!r} has no type hint",
                f"Write `{parameter.name}: str`, or the type it has.",
            )
        found.append((parameter, hints[parameter.name]))
    return found


def _in_a_line(error: Any) -> str:
    problems = [(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors(include_url=False)]
    return "; ".join(f"{place}: {message}" if place else message for place, message in problems)


def _without_titles(schema: Any) -> Any:
    # Pydantic titles everything; models pay for those words and learn nothing from them.
    if isinstance(schema, dict):
        return {
            key: {name: _without_titles(sub) for name, sub in value.items()}
            if key in ("properties", "$defs")
            else _without_titles(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_without_titles(part) for part in schema]
    return schema
