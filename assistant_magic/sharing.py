"""Variables that travel: into an executor's own process as pickles, and back only as plain data.

A pickle runs code when it is read. So what a model's code made never comes back as one: frames return as Arrow, arrays
without objects, everything else as JSON.
"""

from __future__ import annotations

import asyncio
import io
import json
import pickle
import pickletools
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from assistant_magic.exceptions import ExecutorError, UsageError
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.items import Output

_SECONDS = 120.0  # for the few lines that read or write a variable on the other side

_LOAD = """
def _take(name, path, kind):
    import os
    try:
        if kind == "arrow":
            import pyarrow.feather
            value = pyarrow.feather.read_feather(path)
        else:
            import pickle
            with open(path, "rb") as file:
                value = pickle.load(file)
    finally:
        os.remove(path)
    globals()[name] = value
_take({name!r}, {path!r}, {kind!r})
del _take
"""

_DUMP = """
def _write(name, path):
    if name not in globals():
        raise NameError("there is no such variable")
    value, kind = globals()[name], type(globals()[name])
    top = kind.__module__.partition(".")[0]
    if top == "pandas" and kind.__name__ in ("DataFrame", "Series"):
        frame = value if kind.__name__ == "DataFrame" else value.to_frame(name=value.name or "value")
        import pyarrow.feather
        pyarrow.feather.write_feather(frame, path)
        return "frame" if kind.__name__ == "DataFrame" else "series"
    if top == "numpy" and not (hasattr(value, "dtype") and value.dtype.hasobject):
        import numpy
        with open(path, "wb") as file:
            numpy.save(file, value, allow_pickle=False)
        return "array"
    import json
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, allow_nan=True)
    return "json"
def _give(name, path):
    import os
    try:
        return _write(name, path)
    except BaseException:
        if os.path.exists(path):
            os.remove(path)
        raise
try:
    print(_give({name!r}, {path!r}))
finally:
    del _give, _write
"""


class Carrier(Protocol):
    """An executor whose process is another one, and which files reach."""

    name: str

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:
        """Run code in it."""
        ...

    async def upload(self, path: str, data: bytes) -> None:
        """Write a file in the folder its code runs in."""
        ...

    async def download(self, path: str) -> bytes:
        """Read a file of that folder."""
        ...


async def share(carrier: Carrier, names: Sequence[str], namespace: Mapping[str, Any]) -> str:
    """Copy variables and files of the user's into an executor; returns a line that names them with their sizes.

    A name that is no variable's is a file's; the file lands in the folder where code runs.

    Raises:
        UsageError: A name does not exist, or its value cannot be copied.
        ExecutorError: The other side cannot read one.
    """
    carried, notes = [], list[str]()
    for name in names:
        if name not in namespace:
            data = await asyncio.to_thread(_file, name)
            await carrier.upload(Path(name).name, data)
            carried.append(f"{Path(name).name} ({_size(len(data))})")
            continue
        data, kind = await asyncio.to_thread(_packed, name, namespace[name])
        path = f"_shared_{uuid4().hex[:12]}"
        await carrier.upload(path, data)
        load = _LOAD.format(name=name, path=path, kind=kind)
        await _said(carrier, load, f"{name!r} cannot be read there", notes)
        carried.append(f"{name} ({_size(len(data))}{', Arrow' if kind == 'arrow' else ''})")
    return " ".join([f"shared with {carrier.name}: {', '.join(carried)}", *notes])


async def bring(carrier: Carrier, names: Sequence[str], namespace: MutableMapping[str, Any]) -> str:
    """Copy variables of an executor into the user's names; returns a line that names them with their sizes.

    A name that cannot be a variable's, such as `plot.png`, is a file's: it is written to the working folder.

    Raises:
        UsageError: There is such a file already.
        ExecutorError: There is no such variable, or its value is not plain data.
    """
    brought = []
    for name in names:
        if not name.isidentifier() and Path(name).suffix[1:].isalnum():
            data = await carrier.download(name)
            await asyncio.to_thread(_write_new, Path(name).name, data)
            brought.append(f"{Path(name).name} ({_size(len(data))})")
            continue
        if not name.isidentifier():
            raise UsageError(
                f"{name!r} names no variable and no file", "Write `%assistant bring NAME`, or a file's name."
            )
        path = f"_brought_{uuid4().hex[:12]}"
        kind = await _said(
            carrier, _DUMP.format(name=name, path=path), f"{name!r} cannot come back as plain data"
        )
        data = await carrier.download(path)
        namespace[name] = await asyncio.to_thread(_unpacked, kind.strip(), data)
        form = {"frame": ", Arrow", "series": ", Arrow", "json": ", JSON"}.get(kind.strip(), "")
        brought.append(f"{name} ({_size(len(data))}{form})")
        await _said(carrier, f"import os as _os\n_os.remove({path!r})\ndel _os", "a file stays behind")
    return f"brought from {carrier.name}: {', '.join(brought)}"


def _file(name: str) -> bytes:
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(
            f"there is no variable or file {name!r} to share", "Share one that this notebook has."
        )
    return path.read_bytes()


def _write_new(name: str, data: bytes) -> None:
    try:
        with Path(name).open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(f"{name} is there already", "Move it away, then bring the other one.") from None


def _packed(name: str, value: Any) -> tuple[bytes, str]:
    if type(value).__module__.partition(".")[0] == "pandas" and type(value).__name__ == "DataFrame":
        arrow = _arrow(value)
        if arrow is not None:
            return arrow, "arrow"
    why = "this notebook defines it, which another process does not know"
    try:
        data = pickle.dumps(value, protocol=5)
    except Exception as error:
        # What a notebook or a function defines has no place from which another process could import it.
        told = str(error)
        reason = why if "__main__" in told or "<locals>" in told else " ".join(told.split())
        raise _unpickled(name, reason) from error
    if b"__main__" in data and any(said == "__main__" for _, said, _ in pickletools.genops(data)):
        raise _unpickled(name, why)
    return data, "pickle"


def _unpickled(name: str, why: str) -> UsageError:
    cure = "Share the data that it was made from, or put its definition into a module."
    return UsageError(f"{name!r} cannot be copied: {why}", cure)


def _arrow(frame: Any) -> bytes | None:
    """The frame as Arrow, or None where pyarrow is missing or the frame holds what Arrow does not know."""
    try:
        from pyarrow import ArrowException, feather
    except ImportError:
        return None
    buffer = io.BytesIO()
    try:
        # Arrow would drop what these hold.
        if frame.attrs or not all(isinstance(name, str) for name in frame.columns):
            return None
        feather.write_feather(frame, buffer)
    except (ArrowException, TypeError, ValueError):
        return None
    return buffer.getvalue()


def _unpacked(kind: str, data: bytes) -> Any:
    if kind in {"frame", "series"}:
        from pyarrow import feather

        frame = feather.read_feather(io.BytesIO(data))
        return frame if kind == "frame" else frame.iloc[:, 0]
    if kind == "array":
        import numpy as np

        value = np.load(io.BytesIO(data), allow_pickle=False)
        return value if value.ndim else value[()]
    return json.loads(data)


async def _said(carrier: Carrier, code: str, what: str, notes: list[str] | None = None) -> str:
    """What code of ours printed on the other side; `notes` gets what the executor itself says of its state."""
    outputs: list[Output] = []
    execution = await carrier.execute(code, limit=_SECONDS, on_output=outputs.append)
    for output in execution.outputs:
        if output["output_type"] == "error":
            raise ExecutorError(
                f"{what}: {output['ename']}: {output['evalue']}", "See what it is, and copy a part of it."
            )
    said = [str(o["text"]) for o in execution.outputs if o.get("name") == "stderr"]
    if notes is not None:
        notes += [text.strip() for text in said if text.startswith("[")]
    return "".join(str(o["text"]) for o in execution.outputs if o.get("name") == "stdout")


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} B"
    unit, size = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)) if count >= s)
    return f"{count / size:.1f} {unit}"
