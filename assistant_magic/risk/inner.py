"""Modules that other modules happen to hold: `plt.logging`, `matplotlib.image`. Nothing is imported to know."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import cast

__all__ = ["module_behind"]

_USUAL = {"np": "numpy", "mpl": "matplotlib", "matplotlib": "matplotlib", "plt": "matplotlib.pyplot", "style": "matplotlib.style",
          "pd": "pandas"}  # fmt: skip
"""Names that well-known modules have for each other, for when they are not loaded yet."""

_HARMLESS = {"numpy.emath", "plotly.colors", "plotly.express.colors", "plotly.express.data"}


def module_behind(module: str, name: str) -> str | None:
    """The module that the member `name` of a module is, or None where it is something else."""
    if f"{module}.{name}" in _HARMLESS or module.startswith("plotly.express.colors"):
        return None
    held = vars(sys.modules[module]) if module in sys.modules else {}
    if name in held:
        if not issubclass(type(held[name]), ModuleType):
            return None
        return str(
            ModuleType.__getattribute__(cast(ModuleType, held[name]), "__dict__").get("__name__", name)
        )
    if module.partition(".")[0] == "matplotlib" and name in _USUAL:
        return _USUAL[name]
    if name in sys.stdlib_module_names and name != module.rpartition(".")[2]:
        return name
    return f"{module}.{name}" if _is_file(module, name) else None


@lru_cache(1_000)
def _is_file(module: str, name: str) -> bool:
    top, *inner = module.split(".")
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, *inner)
        if (folder / name / "__init__.py").is_file() or any(folder.glob(f"{name}.*")):
            return True
    return False
