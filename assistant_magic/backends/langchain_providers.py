"""Which providers of chat models LangChain knows, read from its source: importing it takes half a second."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from assistant_magic.backends.langchain_errors import package_missing
from assistant_magic.exceptions import ConfigurationError

__all__ = ["check_provider"]

_OURS = ("offline", "openai")


def check_provider(provider: str) -> None:
    """See to it that a model of `provider` can be made, as far as that shows without making one.

    Raises:
        ConfigurationError: LangChain knows no such provider; says which names are near.
        MissingExtraError: LangChain or the provider's package is not installed.
    """
    langchain = find_spec("langchain")
    if langchain is None or not langchain.submodule_search_locations:
        raise package_missing(provider, "langchain")
    modules = _modules(Path(langchain.submodule_search_locations[0]) / "chat_models" / "base.py")
    if not modules:  # written in a way that we cannot read; the first prompt will tell
        return
    if provider not in modules:
        near = get_close_matches(provider, {*_OURS, *modules}, cutoff=0.5) or [*_OURS, "anthropic", "ollama"]
        raise ConfigurationError(
            f"no provider is called {provider!r}", f"The nearest names: {', '.join(near)}."
        )
    package = modules[provider].partition(".")[0]
    if package and find_spec(package) is None:
        raise package_missing(provider, package.replace("_", "-"))


@lru_cache(maxsize=1)
def _modules(source: Path) -> Mapping[str, str]:
    """The module of each provider, `""` where it is not told; what `init_chat_model` looks into."""
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return {}
    tables = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and "_PROVIDERS" in ast.unparse(_target(node))
    ]
    found: dict[str, str] = {}
    for table in tables:
        if isinstance(table, ast.Dict):
            found |= {
                str(ast.literal_eval(key)): _first_text(value)
                for key, value in zip(table.keys, table.values, strict=True)
                if key is not None
            }
        elif isinstance(table, ast.Set):
            found |= {str(ast.literal_eval(name)): "" for name in table.elts}
    return found


def _target(node: ast.Assign | ast.AnnAssign) -> ast.expr:
    return node.target if isinstance(node, ast.AnnAssign) else node.targets[0]


def _first_text(value: ast.expr) -> str:
    first = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
