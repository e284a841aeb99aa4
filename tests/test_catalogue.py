"""The front end's texts in other languages."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "catalogue.py"))


@pytest.mark.parametrize("path", CATALOGUE["catalogues"](), ids=lambda path: path.parent.parent.name)
def test_every_text_is_translated(path: Path) -> None:
    """A catalogue has each text of the front end and no other, translated, with the same places to fill."""
    catalogue: dict[str, Any] = json.loads(path.read_text("utf-8"))
    del catalogue[""]
    assert sorted(catalogue) == CATALOGUE["texts"](), (
        "run: python scripts/catalogue.py, and translate what it names"
    )
    for text, (translation,) in catalogue.items():
        assert translation, f"not translated: {text}"
        assert sorted(re.findall(r"%\d", text)) == sorted(re.findall(r"%\d", translation))
        assert "%%" not in text, f"the translator makes one % of two: {text}"


def test_there_is_a_korean_catalogue_which_jupyterlab_finds() -> None:
    """JupyterLab's server looks in the packages that this entry point names."""
    assert "ko_KR" in {path.parent.parent.name for path in CATALOGUE["catalogues"]()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["jupyterlab.locale"] == {"assistant_magic": "assistant_magic"}
