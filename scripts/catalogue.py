"""Bring the catalogues of translations up to date with the texts of the front end: new ones empty, old ones gone."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "labextension" / "src"
CATALOGUES = ROOT / "assistant_magic" / "locale"
# `words` or `this._words` is what every module calls the translator; see labextension/src/view/words.ts
_CALL = re.compile(r"""(?<![a-zA-Z])_?words\(\s*(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?""")


def texts() -> list[str]:
    """Every text that the front end translates, sorted.

    Raises:
        ValueError: A text is not written where it is translated, so nobody could find it.
    """
    found = set()
    for path in sorted(SOURCES.rglob("*.ts")):
        for call in _CALL.finditer(path.read_text("utf-8")):
            if call["text"] is None:
                raise ValueError(f"{path.name}: write the text itself in {call[0]}…")
            found.add(str(ast.literal_eval(call["text"])))
    return sorted(found)


def catalogues() -> list[Path]:
    """The catalogue of each language, as JupyterLab's server looks for them."""
    return sorted(CATALOGUES.glob("*/LC_MESSAGES/assistant_magic.json"))


def main() -> int:
    """Write all catalogues anew; 1 when a translation is missing."""
    missing = 0
    for path in catalogues():
        old = json.loads(path.read_text("utf-8"))
        new = {"": old[""], **{text: old.get(text, [""]) for text in texts()}}
        path.write_text(json.dumps(new, ensure_ascii=False, indent=2) + "\n", "utf-8")
        untranslated = [text for text, translation in new.items() if translation == [""]]
        missing += len(untranslated)
        for text in untranslated:
            print(f"{path.parent.parent.name}: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
