"""What axe-core finds on a page that would keep people out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async places => {
  const found = await axe.run({ include: places.map(place => [place]) });
  return found.violations.map(one => ({
    impact: one.impact, id: one.id, nodes: one.nodes.map(node => `${node.html} ${node.failureSummary}`)
  }));
}"""


def faults(page: Page, *places: str) -> list[dict[str, Any]]:
    """What axe-core finds serious in some places of a page."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    return [one for one in page.evaluate(CHECK, list(places)) if one["impact"] in ("serious", "critical")]
