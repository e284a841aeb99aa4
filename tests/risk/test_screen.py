"""The risk screen decides as its table says, and disguises do not help."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from assistant_magic.risk import Finding, screen
from assistant_magic.tutor.dialogue import Dialogue
from assistant_magic.tutor.read import Context
from tests.risk.snippets import ASKS, PASSES, user_names

NAMES = user_names()


@pytest.mark.parametrize(("kind", "code", "why"), ASKS)
def test_asks(kind, code, why):
    """Dangerous code has a finding of the table's kind, with a reason and a line of the code."""
    found = screen(code, NAMES)
    assert kind in {f.kind for f in found}, f"{why}: {[str(f) for f in found]}"
    assert all(f.reason and 1 <= f.line <= code.count("\n") + 1 for f in found)


@pytest.mark.parametrize(("code", "why"), PASSES)
def test_passes(code, why):
    """Pure computation has no finding."""
    assert screen(code, NAMES) == (), why


def test_table_is_large_enough():
    """The table holds at least 150 snippets, each once."""
    codes = [code for _, code, _ in ASKS] + [code for code, _ in PASSES]
    assert len(codes) == len(set(codes)) >= 150


# ---- disguises: each way of reaching something dangerous, in each way of writing it

REACHES = {
    "module": "__import__('os')",
    "builtin": "open",
    "subclasses": "().__class__.__base__.__subclasses__()",
    "globals of a function": "(lambda: 0).__globals__['__builtins__']",
    "module through a module": "np.lib.npyio.os",
    "module through pandas": "pd.io.common.os",
    "modules table": "sp.sys.modules['os']",
    "builtins through a bound method": "print.__self__",
    "frame of a generator": "(x for x in ()).gi_frame.f_back",
    "attribute by text": "getattr(np, 'lo' + 'ad')",
    "attribute by text that is plain": "getattr(np, 'load')",
    "attribute by variable": "getattr(np, title)",
    "dict of a module": "vars(np)",
    "names": "globals()['x']",
    "loader": "np.__loader__",
    "spec": "__spec__",
    "format walk": "'{0.__class__.__mro__}'.format(1)",
    "format walk by parts": "('{0._' + '_class__}').format(1)",
    "attrgetter": "__import__('operator').attrgetter('system')",
    "traceback": "Exception().__traceback__.tb_frame",
    "code object": "(lambda: 0).__code__.replace()",
    "private module": "np._core",
    "class by text": "type('X', (), {})",
}
WRITINGS = {
    "plain": "REACH",
    "alias": "a = REACH\nb = a\nprint(b)",
    "walrus": "print(a := REACH)",
    "default argument": "def f(x=REACH):\n    return x\nf()",
    "lambda": "(lambda: REACH)()",
    "comprehension": "[y for y in [REACH]]",
    "container": "d = {'k': REACH}\nd['k']",
    "decorator": "@(lambda f: REACH)\ndef g():\n    pass",
    "class body": "class C:\n    x = REACH\nC.x",
    "class bases": "class C(type(REACH)):\n    pass",
    "annotation": "x: REACH = 1",
    "f-string": "print(f'{(REACH)}')",
    "conditional": "x = REACH if rate else 1",
    "try": "try:\n    pass\nfinally:\n    REACH",
    "with": "import contextlib\nwith contextlib.nullcontext(REACH) as y:\n    pass",
    "match": "match REACH:\n    case y:\n        pass",
    "starred": "print(*[REACH])",
    "keyword": "print(1, end=REACH)",
    "slice": "values[REACH]",
    "return": "def f():\n    return REACH\nf()",
    "yield": "def f():\n    yield REACH\nnext(f())",
    "await": "async def f():\n    return REACH\nawait f()",
    "delete": "del REACH, values[0]",
    "assert": "assert REACH",
    "raise": "raise Exception(REACH)",
    "magic": "%time REACH",
    "cell magic": "%%time\nREACH",
}


@pytest.mark.parametrize(("reach", "writing"), list(itertools.product(REACHES, WRITINGS)))
def test_disguises(reach, writing):
    """However it is written, reaching around what can be read asks."""
    code = WRITINGS[writing].replace("REACH", REACHES[reach])
    assert screen(code, NAMES), code


@pytest.mark.parametrize(
    "code",
    [
        "match df:\n    case object(__class__=c):\n        print(c)",
        "import operator\noperator.attrgetter('__class__')(df)",
        "import operator\noperator.methodcaller('to_csv', 'x')(df)",
        "from operator import attrgetter as g\ng('T.to_csv')(df)",
        "df.apply('to_csv', path_or_buf='x')",
        "df.agg('to_' + 'csv')",
        "df.pipe(pd.DataFrame.to_csv, 'x')",
        "f = pd.DataFrame.to_csv\nf(df, 'x')",
        "f = df.to_csv\nf('x')",
        "f = np.save\nf('x', arr)",
        "import functools\nfunctools.partial(np.save, 'x')(arr)",
        "from numpy import save as mean\nmean('x', arr)",
        "from numpy import *\nsave('x', arr)",
        "import numpy\nnumpy.lib.npyio.DataSource('x')",
        "[m := np, m.load('x')]",
        "for m in [np]:\n    m.load('x')",
        "def f(m):\n    m.load('x')\nf(np)",
        "m = n = np\nn.load('x')",
        "class K:\n    f = open\nK.f('x')",
        "print = open\nprint('x')",
        "import io\nio.open('x')",
        "from io import open as o",
        "import codecs\ncodecs.open('x')",
        "str.format('{0.__class__}', 1)",
        "t = '{0.real.__class__}'\nt.format(1)",
        "'{a.b}'.format_map({'a': 1})",
        "'{}'.__class__",
        "import string\nstring.Formatter().vformat('{0.a}', (1,), {})",
        "type(df).__mro__",
        "df._mgr",
        "np.random._pickle",
        "object.__getattribute__(np, 'load')",
        "(open)('x')",
        "\uff4f\uff50\uff45\uff4e('x')",
        "\\\nopen('x')",
        "open\\\n('x')",
        "exec\t('1')",
        "x = [open][0]\nx('f')",
        "(lambda f=open: f('x'))()",
        "import sympy\nsympy.S('__imp' 'ort__(1)')",
        "import sympy\nsympy.parse_expr('a.__class__')",
        "import sympy.utilities.autowrap",
        "from sympy.utilities.lambdify import lambdify\nlambdify([], 'open(1)')",
        "df.query('a.__class__')",
        "df.query(f'a > {title.lower()}')",
        "df.query(expr=''.join(['a', '>1']))",
        "get_ipython().run_line_magic('ti' + 'me', '1')",
        "get_ipython().run_cell('!ls')",
        "%time !ls",
        "%%capture\n!ls",
        "%%capture out\nx = 1",
        "%%time\n%%bash\nls",
        "x = %env HOME",
        "a = %system ls",
        ";ls\n!ls",
        "async def f():\n    async with account as a:\n        a.pay()",
        "values.__class__",
        "values.__iadd__([1])",
        "person |= {'x': 1}",
        "df.T.values[0] = 1",
        "df['a'].values.fill(0)",
        "x = y = df\ny.iloc[0] = 3",
        "a, b = df, 1\na['c'] = b",
        "np.random.shuffle(arr)",
        "import heapq\nheapq.heappush(values, 1)",
        "with pd.ExcelWriter('x') as w:\n    pass",
        "pd.HDFStore('x')",
        "getattr(df, 'to_csv')('x')",
        "class K:\n    f = staticmethod(sp.sympify)\nK.f('open(1)')",
        "class C:\n    def __init__(self, d):\n        self.d = d\n    def go(self):\n        self.d['z'] = 1\nC(df).go()",
        "kw = {'inplace': True}\ndf.fillna(0, **kw)",
        "np.multiply(arr, 2, arr)",
        "import seaborn as sns\nsns.utils.load_dataset('x')",
        "sp.sympify('oqen(1)'.replace('q', 'p'))",
        "def f(g):\n    return g('open(1)')\nf(sp.sympify)",
        "def deco(f):\n    return np.load\n@deco\ndef h():\n    pass",
        "@account.pay\ndef f():\n    pass",
        "with account:\n    pass",
        "class A:\n    pass\na = A()\na.t = title.lower()\nsp.S(a.t)",
        "sp.S(np.array(['a'])[0].lower())",
        "np.vectorize(sp.S)([title.lower()])",
        "[x for values[0] in [1]]",
        "def f():\n    values[0] = 1\nf()",
        "def f():\n    values.append(1)\nf()",
        "display({'text/html': '<b>'}, raw=True)",
        "class H:\n    def _repr_html_(self):\n        return ''\nH()",
    ],
)
def test_more_disguises(code):
    """Ways that were found by attacking the screen still ask."""
    assert screen(code, NAMES), code


@pytest.mark.parametrize(
    "code",
    [
        "pay.now()",
        "pay(1)",
        "f = pay\nf(1)",
        "map(pay, [1])",
        "pay.x = 1",
        "pay = 1",
        "del pay",
        "pay[0] = 1",
    ],
)
def test_bare_names(code):
    """Where only the names are known, using one of them in any way that could act asks."""
    assert screen(code, ["pay"])


def test_bare_names_may_be_read():
    """Where only the names are known, arithmetic and printing pass."""
    assert screen("print(rate * 2, rate[0], len(rate))", ["rate"]) == ()


def test_star_import_names_the_variable():
    """A star import that would replace a variable of the user's says which."""
    found = screen("from sympy import *", {"N": 10, "solve": 3, "unrelated": 1})
    assert [f.reason for f in found] == [
        "overwrites your variable N: from sympy import *",
        "overwrites your variable solve: from sympy import *",
    ]


def test_line_numbers():
    """A finding's line is the line of the code as given, behind magics as well."""
    assert screen("x = 1\n\nopen('f')") == (Finding(kind="file", reason="opens a file", line=3),)
    assert [f.line for f in screen("%%time\nx = 1\nopen('f')")] == [3]


@pytest.mark.parametrize("code", ["ls", "rm .x", "rm [a-z]", "cat -n", "rm -f; rm = 1"])
def test_a_shell_command_behind_earlier_code(code):
    """A cell of one line that IPython would hand to the shell asks, whatever ran before."""
    earlier = ["import math", "y = math.sqrt(2)"]
    assert screen(code, NAMES, earlier=earlier)
    assert screen("y * 2", NAMES, earlier=earlier) == ()
    assert screen("y, math", NAMES, earlier=earlier) != ()  # a module is handed on


def test_earlier_code_is_read_along():
    """What earlier code bound is followed, and only the lines of the new code are reported."""
    earlier = ["def run(t):\n    return t", "word = 'x'"]
    assert screen("run(word)", {}, earlier=earlier) == ()
    found = screen("print(run)\nopen(word)", {}, earlier=[*earlier, "open('x')"])
    assert [(f.kind, f.line) for f in found] == [("file", 2)]


def test_nothing_is_executed(tmp_path):
    """Reading does not run what is read."""
    mark = tmp_path / "mark"
    screen(f"open({str(mark)!r}, 'w')\n__import__('pathlib').Path({str(mark)!r}).touch()")
    assert not mark.exists()


def test_user_objects_are_not_used():
    """Looking at the user's names calls nothing of theirs."""

    class Tripwire:
        def __getattribute__(self, name):
            raise AssertionError(name)

        def __len__(self):
            raise AssertionError

        def __eq__(self, other):
            raise AssertionError

        __hash__ = None

    assert screen("print(trap)\ntrap.go()", {"trap": Tripwire()})


def _snippets(name):
    text = (Path(__file__).parent / name).read_text("utf-8")
    return [snippet.strip("\n") for snippet in text.split("\n---\n")]


def test_evasions_ask():
    """Snippets written to slip through do not."""
    snippets = _snippets("evasions.txt")
    assert len(snippets) >= 200
    assert [code for code in snippets if not screen(code, NAMES)] == []


def test_ordinary_work_passes():
    """Ordinary cells of data work and mathematics are not asked about."""
    snippets = _snippets("ordinary.txt")
    assert len(snippets) >= 60
    assert {code: screen(code, NAMES) for code in snippets if screen(code, NAMES)} == {}


def test_long_cells():
    """A long cell with a long chain of calls is read to its end."""
    code = (
        "import pandas as pd\n"
        "y = pd.DataFrame()" + ".dropna().head()" * 60 + "\n" + "x = 1 + 2\nprint(x)\n" * 500
    )
    assert screen(code, NAMES) == ()


def test_the_tutors_code_passes():
    """Code that the offline tutor writes for recorded questions has no finding."""
    questions = Path(__file__).resolve().parents[3] / "shared" / "tutoring" / "dev.jsonl"
    if not questions.exists():
        pytest.skip("the recorded questions are not beside this folder")
    asked = [json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines()]
    codes = [Dialogue(Context()).hear(question, can_run=True).code for question in asked]
    assert sum(map(bool, codes)) > 100
    assert [(code, screen(code)) for code in codes if code and screen(code)] == []
