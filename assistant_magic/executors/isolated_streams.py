"""What an isolated IPython kernel does to its printed text: order, bounds, and streams that code may break."""

from __future__ import annotations

import re

__all__ = ["LEFT_OUT", "streams_code"]

LEFT_OUT = re.compile("\0left out: ([0-9]+)\0")
"""Stands in the text where the kernel kept characters to itself; their number is in it."""
_ROOM = 2  # times what is shown: a progress bar overwrites much of what it prints

_CODE = """
def _keep_streams(ip, room, tail):
    import sys
    from collections import deque
    out, err = sys.stdout, sys.stderr
    out.close = err.close = lambda: None
    now = {"request": None, "stream": out, "room": room, "left": 0, "kept": 0}
    end = deque()
    def in_order(stream):
        write = stream.write
        if getattr(write, "keeps_order", False):
            return
        def write_in_order(text):
            if now["stream"] is not stream:
                now["stream"].flush()
                now["stream"] = stream
            if not isinstance(text, str) or len(text) <= now["room"]:
                now["room"] -= len(text)
                return write(text)
            shown = now["room"]
            if shown:
                write(text[:shown])
                now["room"] = 0
            now["left"] += len(text) - shown
            last = text[shown:][-tail:]
            end.append((stream, write, last))
            now["kept"] += len(last)
            while end and now["kept"] - len(end[0][2]) >= tail:
                now["kept"] -= len(end.popleft()[2])
            return len(text)
        write_in_order.keeps_order = True
        stream.write = write_in_order
    def restore(*_):
        request = ip.kernel.get_parent("shell")
        if request["header"]["msg_id"] != now["request"]:
            now.update(request=request["header"]["msg_id"], room=room, left=0, kept=0)
            end.clear()
            sys.stdout, sys.stderr = out, err
            out.set_parent(request)
            err.set_parent(request)
            in_order(out)  # for each cell, as IPython puts back the method after each
            in_order(err)
    def show_end():
        kept, left = list(end), now["left"] - now["kept"]
        end.clear()
        now.update(room=float("inf"), left=0, kept=0)
        if left:
            kept[0][1](f"\\0left out: {left}\\0")
        for stream, write, text in kept:
            if now["stream"] is not stream:
                now["stream"].flush()
                now["stream"] = stream
            write(text)
    def mend(*_):
        show_end()
        # The kernel itself flushes what stands here after a cell.
        if not hasattr(sys.stdout, "flush") or not hasattr(sys.stderr, "flush"):
            sys.stdout, sys.stderr = out, err
    ip.events.register("pre_run_cell", restore)
    ip.events.register("post_run_cell", mend)
_keep_streams(get_ipython(), ROOM, TAIL)
del _keep_streams
"""


def streams_code(max_text: int) -> str:
    """Code for the kernel to run once: text of both streams in the order it was written, bounded where it is made.

    Args:
        max_text: Characters that one execution may show.
    """
    return _CODE.replace("ROOM", str(_ROOM * max_text)).replace("TAIL", str(max_text // 10))
