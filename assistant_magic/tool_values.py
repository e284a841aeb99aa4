"""From what a tool function returns to what a model gets."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from assistant_magic.items import Image, Part, Text

MAX_CHARS = 100_000
"""Longest text that is stored of one returned value; the model gets less of it still."""


def parts_of(value: object) -> tuple[Part, ...]:
    """Words and pictures of a returned value: text as it is, JSON for plain data, figures as images."""
    if isinstance(value, Part):
        return (value,)
    if isinstance(value, list | tuple) and value and all(isinstance(v, Part) for v in value):
        return tuple(value)
    image = _image(value)
    if image is not None:
        return (image,)
    return (Text(text=cut(_words(value), MAX_CHARS)),)


def cut(text: str, limit: int) -> str:
    """`text`, shortened in the middle to about `limit` characters with a note of how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"


def _words(value: object) -> str:
    if value is None:
        return "done, nothing returned"
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    if isinstance(value, bool | int | float | Mapping | list | tuple):
        try:
            return json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError):
            return repr(value)
    to_string = getattr(value, "to_string", None)  # pandas
    return str(to_string(max_rows=60)) if callable(to_string) and hasattr(value, "shape") else str(value)


def _image(value: Any) -> Image | None:
    if hasattr(value, "savefig") and hasattr(value, "axes"):  # a matplotlib figure
        import io

        buffer = io.BytesIO()
        value.savefig(buffer, format="png", bbox_inches="tight")
        data = buffer.getvalue()
    else:
        png = getattr(value, "_repr_png_", None)
        made = png() if callable(png) and not isinstance(value, type) else None
        if not isinstance(made, bytes):
            return None
        data = made
    return Image(data=base64.b64encode(data).decode(), media_type="image/png")
