"""HTML that came from outside the kernel, reduced to tables and words."""

from __future__ import annotations

__all__ = ["table_html"]

_TAGS = {
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *(
        "p",
        "div",
        "span",
        "br",
        "hr",
        "b",
        "strong",
        "i",
        "em",
        "code",
        "pre",
        "sub",
        "sup",
        "ul",
        "ol",
        "li",
    ),
}
_CELL = {"colspan", "rowspan"}


def table_html(html: str) -> str:
    """The tables of an output without styles, links, pictures, handlers and scripts; `""` when it has none.

    Other HTML is left out: it would hide the picture or the words that come with it.
    """
    import nh3

    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"th": _CELL, "td": _CELL, "col": {"span"}, "table": {"border"}},
        allowed_classes={"table": {"dataframe"}},
        strip_comments=True,
    ).strip()
    return cleaned if "<table" in cleaned else ""
