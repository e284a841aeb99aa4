"""Write the TypeScript types of what kernel and page say to each other, from the Python classes."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "labextension" / "src" / "view" / "messages.ts"
HEADER = """/* Made by scripts/wire.py from assistant_magic/views/messages.py; a test compares them. */

/** JSON as it comes. */
export type Json = unknown;
"""
SIMPLE = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "Json"}


def source() -> str:
    """The whole file."""
    from assistant_magic.items import Usage
    from assistant_magic.views import messages

    pieces = [messages.Display, messages.Attachment, messages.Offer, messages.Exchange, Usage]
    sides = {"ToPage": messages.ToPage.__subclasses__(), "FromPage": messages.FromPage.__subclasses__()}
    out = [HEADER, *map(interface, [*pieces, *sides["ToPage"], *sides["FromPage"]])]
    for name, kinds in sides.items():
        out.append(f"export type {name} =\n  | " + "\n  | ".join(kind.__name__ for kind in kinds) + ";\n")
    return "\n".join(out)


def interface(kind: type[Any]) -> str:
    """One class as a TypeScript interface; fields with a default may be left out on the wire."""
    hints = get_type_hints(kind)
    sentence = " ".join((kind.__doc__ or "").split())
    lines = [f"/** {sentence} */", f"export interface {kind.__name__} {{", f"  type: '{kind.type}';"]
    for field in fields(kind):
        mark = "?" if is_optional(field) else ""
        lines.append(f"  {field.name}{mark}: {written(hints[field.name])};")
    return "\n".join([*lines, "}\n"])


def is_optional(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def written(hint: Any) -> str:
    """A Python type in TypeScript."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f"'{value}'" for value in arguments)
    if origin is tuple:
        return f"ReadonlyArray<{written(arguments[0])}>"
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return f"Readonly<Record<string, {written(arguments[1])}>>"
    if origin in (types.UnionType, typing.Union):
        return " | ".join(map(written, arguments))
    if origin is ClassVar:
        return written(arguments[0])
    return str(hint.__name__)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(source(), encoding="utf-8")
    print(f"Written to {TARGET.relative_to(ROOT)}")
