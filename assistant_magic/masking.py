"""Masks keys and passwords in what a model, a reader or the store would otherwise get."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from assistant_magic.items import Output

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|ACCESS_?KEY(?:_ID)?|SECRET\w*|TOKEN|PASS(?:WORD|WD|PHRASE)?|PWD|CREDENTIALS?|AUTH|PAT|DSN|KEY)$",
    re.IGNORECASE,
)
_NOT_SECRET = {"PWD", "OLDPWD", "SSH_AUTH_SOCK"}
_SHORTEST = 8  # shorter values are words that stand in any text
_SHAPES = {
    "sk-": r"sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}",
    "e2b_": r"e2b_[0-9a-f]{32,}",
    "lsv2_": r"lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}",
    "ghp_": r"ghp_[A-Za-z0-9]{36}",
    "gho_": r"gho_[A-Za-z0-9]{36}",
    "ghs_": r"ghs_[A-Za-z0-9]{36}",
    "github_pat_": r"github_pat_[A-Za-z0-9_]{40,}",
    "glpat-": r"glpat-[A-Za-z0-9_-]{20,}",
    "hf_": r"hf_[A-Za-z0-9]{30,}",
    "AKIA": r"AKIA[0-9A-Z]{16}",
    "AIza": r"AIza[A-Za-z0-9_-]{35}",
    "xox": r"xox[abprs]-[A-Za-z0-9-]{10,}",
    "gsk_": r"gsk_[A-Za-z0-9]{40,}",
    "pypi-": r"pypi-[A-Za-z0-9_-]{50,}",
    "PRIVATE KEY": r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
}
"""What keys of well-known services look like, by a piece that is quickly looked for."""
_COMPILED = {piece: re.compile(rf"(?<![A-Za-z0-9]){shape}") for piece, shape in _SHAPES.items()}


def mask(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """`text` without the values of secret-looking variables, and without what looks like a key.

    Text without any is returned as it is; looking costs about a millisecond per megabyte.
    """
    for name, value in environment.items():
        if (
            len(value) >= _SHORTEST
            and name not in _NOT_SECRET
            and _SECRET_NAME.search(name)
            and value in text
        ):
            text = text.replace(value, f"[{name} hidden]")
    for piece, shape in _COMPILED.items():
        if piece in text:
            text = shape.sub("[key hidden]", text)
    return text


def mask_output(output: Output, environment: Mapping[str, str] = os.environ) -> Output:
    """A Jupyter output with its words masked; pictures are left as they are."""
    masked: Output = _masked(output, environment)
    return masked


def _masked(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return mask(value, environment)
    if isinstance(value, list | tuple):
        return [_masked(element, environment) for element in value]
    if isinstance(value, Mapping):
        return {k: v if _is_binary(k) else _masked(v, environment) for k, v in value.items()}
    return value


def _is_binary(key: object) -> bool:
    return str(key).startswith(("image/", "audio/", "video/", "application/pdf")) and key != "image/svg+xml"
