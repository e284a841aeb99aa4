"""Variables travel to an isolated kernel and to a sandbox, and back as plain data only."""

from __future__ import annotations

import asyncio
import sys
import types

import numpy as np
import pandas as pd
import pytest

from assistant_magic.exceptions import ExecutorError, UsageError
from assistant_magic.executors.e2b import E2BExecutor
from assistant_magic.executors.isolated import IsolatedExecutor
from assistant_magic.sharing import bring, share
from tests.executors.conformance import words
from tests.servers.e2b_server import E2BServer


class Desk:
    def __init__(self, executor) -> None:
        self.executor = executor
        self.runner = asyncio.Runner()

    def run(self, coro):
        return self.runner.run(coro)

    def says(self, code):
        async def go():
            return await self.executor.execute(code, limit=60, on_output=lambda _: None)

        execution = self.run(go())
        assert execution.ok, words(execution.outputs)
        return words(execution.outputs).strip()


@pytest.fixture(scope="module")
def server():
    with E2BServer() as started:
        yield started


_desks: dict[str, Desk] = {}


@pytest.fixture(params=["isolated", "e2b"])
def desk(request, server, home, monkeypatch):
    if request.param == "e2b":
        pytest.importorskip("e2b_code_interpreter", reason="the extra e2b is not installed")
        monkeypatch.setenv("E2B_API_URL", server.url)
        monkeypatch.setenv("E2B_SANDBOX_URL", server.url)
        monkeypatch.setenv("E2B_API_KEY", server.key)
    if request.param not in _desks:
        _desks[request.param] = Desk(
            E2BExecutor() if request.param == "e2b" else IsolatedExecutor(spare=False)
        )
    return _desks[request.param]


@pytest.fixture(scope="module", autouse=True)
def put_away(server):
    yield
    for desk in _desks.values():
        desk.run(desk.executor.stop())
        desk.runner.close()
    _desks.clear()


def test_there(desk):
    """Named variables are copied with their types, and the line names each with its size."""
    names = {"n": 5, "frame": pd.DataFrame({"a": [1, 2], "b": ["x", None]}), "arr": np.eye(2), "other": 1}
    line = desk.run(share(desk.executor, ["n", "frame", "arr"], names))
    assert line.startswith(f"shared with {desk.executor.name}: n (")
    assert "frame (" in line
    assert "Arrow" in line
    assert "B" in line
    assert desk.says("print(n, type(frame).__name__, frame.a.sum(), arr.trace(), 'other' in globals())") == (
        "5 DataFrame 3 2.0 False"
    )
    assert "_shared" not in desk.says("import os; print(os.listdir())")


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("r = {'a': [1, 2.5, None, 'x']}", lambda v: v == {"a": [1, 2.5, None, "x"]}),
        ("import numpy as np; r = np.arange(4).reshape(2, 2)", lambda v: v.tolist() == [[0, 1], [2, 3]]),
        ("import numpy as np; r = np.float64(1.5)", lambda v: v == 1.5),
        (
            "import pandas as pd; r = pd.DataFrame({'a': [1, 2]}, index=['x', 'y'])",
            lambda v: v.loc["y", "a"] == 2,
        ),
        ("import pandas as pd; r = pd.Series([1, 2], name='s')", lambda v: (v.name, v.sum()) == ("s", 3)),
    ],
)
def test_and_back(desk, code, same):
    """Plain data, arrays and frames come back by name; a name of the user's is only then replaced."""
    desk.says(code)
    names = {"kept": 1}
    line = desk.run(bring(desk.executor, ["r"], names))
    assert same(names["r"])
    assert names["kept"] == 1
    assert line.startswith(f"brought from {desk.executor.name}: r (")
    assert "_brought" not in desk.says("import os; print(os.listdir())")


def test_no_code_comes_back(desk):
    """An object that would run code when it is unpickled stays where it is."""
    desk.says(
        "class Evil:\n    def __reduce__(self):\n        return (print, ('owned',))\nr = Evil()\nn = [Evil()]"
    )
    names = {"r": "mine"}
    for name in ("r", "n", "missing"):
        with pytest.raises(ExecutorError, match="cannot come back as plain data"):
            desk.run(bring(desk.executor, [name], names))
    assert names == {"r": "mine"}
    assert "_brought" not in desk.says("import os; print(os.listdir())")


def test_files_travel(desk, tmp_path, monkeypatch):
    """A file is copied in by its path and brought back by its name; what is there already is not overwritten."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "numbers.csv").write_bytes(b"a,b\n1,2\n")
    assert desk.run(share(desk.executor, ["in/numbers.csv"], {})).endswith(": numbers.csv (8 B)")
    desk.says("open('sum.txt', 'w').write(open('numbers.csv').read().upper())")
    assert "sum.txt (8 B)" in desk.run(bring(desk.executor, ["sum.txt"], {}))
    assert (tmp_path / "sum.txt").read_text() == "A,B\n1,2\n"
    with pytest.raises(UsageError, match=r"sum\.txt is there already"):
        desk.run(bring(desk.executor, ["sum.txt"], {}))
    with pytest.raises(ExecutorError, match=r"nothing\.txt cannot be read"):
        desk.run(bring(desk.executor, ["nothing.txt"], {}))


@pytest.mark.parametrize("name", ["r; import os", "a b", ""])
def test_only_names(desk, name):
    """What is neither a variable's name nor a file's is refused before anything runs."""
    with pytest.raises(UsageError):
        desk.run(bring(desk.executor, [name], {}))


def test_what_cannot_be_shared(desk):
    """A missing name and a value that cannot be pickled are one line each."""
    with pytest.raises(UsageError, match="no variable or file 'nothing'"):
        desk.run(share(desk.executor, ["nothing"], {}))
    with pytest.raises(UsageError, match="'f' cannot be copied"):
        desk.run(share(desk.executor, ["f"], {"f": lambda: 1}))


def test_what_the_notebook_defines_cannot_be_shared():
    """A function or an object of a class of the notebook is refused before anything is sent, with the reason."""
    here = types.ModuleType("__main__")
    exec(
        "def double(x):\n    return 2 * x\nclass Model:\n    pass\nmodel = [Model()]", vars(here)
    )  # as a cell does
    names = {"double": here.double, "model": here.model, "f": lambda x: x}
    before = sys.modules["__main__"]
    sys.modules["__main__"] = here
    try:
        for name in names:
            with pytest.raises(UsageError, match=f"'{name}' cannot be copied: this notebook defines it"):
                asyncio.run(share(None, [name], names))
    finally:
        sys.modules["__main__"] = before


def test_a_link_leads_nowhere():
    """A file that code linked to outside its folder is not read."""
    desk = Desk(IsolatedExecutor(spare=False))
    desk.says("import os; os.symlink('/etc/hostname', 'out')")
    with pytest.raises(ExecutorError, match="not in the isolated kernel's folder"):
        desk.run(desk.executor.download("out"))
    desk.run(desk.executor.stop())
    desk.runner.close()


def test_in_a_notebook(start_kernel):
    """`--share` copies before the prompt and says so; `%assistant bring` copies back."""
    notebook = start_kernel()
    notebook.run(
        "%load_ext assistant_magic\nfrom assistant_magic import Assistant\n"
        "from assistant_magic.testing import ScriptedBackend, call\n"
        "session = get_ipython().magics_manager.magics['cell']['assistant'].__self__.session\n"
        "session.assistant = Assistant(backend=ScriptedBackend([call('python', code='total = sum(values)'), 'done']), approve='auto')\n"
        "values = [1, 2, 3]"
    )
    notebook.run("%assistant set executor isolated")
    cell = notebook.run("%%assistant --share values\nadd them")
    assert not cell.error
    assert "shared with isolated: values" in cell.text
    assert "total" in notebook.run("%assistant bring total").text
    assert notebook.run("print(total)").text.strip() == "6"
    assert "isolated" in notebook.run("%assistant policy").text
