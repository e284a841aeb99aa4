"""Which modules are pure computation, and what importing any other is called."""

from __future__ import annotations

import re

from assistant_magic.risk.finding import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WHOLE_MODULES = _words("""
    math cmath statistics decimal fractions numbers random itertools functools operator collections collections.abc
    heapq bisect string re textwrap unicodedata datetime zoneinfo calendar copy enum abc typing
    typing_extensions types pprint array struct hashlib hmac base64 binascii colorsys secrets graphlib difflib
    __future__
    numpy numpy.linalg numpy.random numpy.fft numpy.polynomial numpy.polynomial.polynomial numpy.ma numpy.typing
    numpy.strings numpy.char numpy.exceptions numpy.dtypes numpy.lib.stride_tricks
    pandas pandas.api pandas.api.types pandas.plotting pandas.testing pandas.tseries pandas.tseries.offsets
    pandas.tseries.frequencies pandas.errors
    sympy mpmath scipy scipy.stats scipy.stats.qmc scipy.optimize scipy.integrate scipy.linalg scipy.special scipy.fft
    scipy.signal scipy.interpolate scipy.ndimage scipy.sparse scipy.sparse.linalg scipy.sparse.csgraph scipy.spatial
    scipy.spatial.distance scipy.cluster scipy.cluster.vq scipy.cluster.hierarchy scipy.constants scipy.odr
    matplotlib matplotlib.pyplot matplotlib.ticker matplotlib.patches matplotlib.colors matplotlib.cm
    matplotlib.gridspec matplotlib.dates matplotlib.lines matplotlib.collections matplotlib.animation
    matplotlib.style matplotlib.figure matplotlib.axes matplotlib.path matplotlib.transforms matplotlib.text
    mpl_toolkits mpl_toolkits.mplot3d mpl_toolkits.axes_grid1
    seaborn networkx sklearn patsy statsmodels statsmodels.api statsmodels.formula.api statsmodels.tsa
    statsmodels.stats uncertainties pint tabulate
    plotly plotly.express plotly.graph_objects plotly.graph_objs plotly.subplots plotly.figure_factory altair polars
    xarray tqdm tqdm.auto tqdm.notebook
    assistant_magic.tutor.agreement
""")
"""Every public name of these may be used, except what is denied below. `PREFIXES` adds their safe submodules."""

_SUBMODULES = _words("""
    sympy.abc sympy.physics sympy.physics.units sympy.physics.mechanics sympy.physics.quantum sympy.physics.vector
    sympy.physics.optics sympy.stats sympy.geometry sympy.matrices sympy.matrices.expressions sympy.solvers
    sympy.solvers.solveset sympy.solvers.inequalities sympy.ntheory sympy.combinatorics sympy.vector sympy.parsing
    sympy.parsing.sympy_parser sympy.parsing.latex sympy.parsing.mathematica sympy.plotting sympy.polys
    sympy.polys.polytools sympy.calculus sympy.calculus.util sympy.functions sympy.functions.elementary
    sympy.functions.special sympy.logic sympy.logic.boolalg sympy.sets sympy.core sympy.tensor sympy.utilities
    sympy.utilities.lambdify sympy.utilities.iterables sympy.printing sympy.printing.latex sympy.crypto
    sympy.crypto.crypto sympy.diffgeom sympy.liealgebras sympy.integrals sympy.integrals.transforms
    networkx.algorithms networkx.drawing networkx.generators networkx.linalg statsmodels.formula statsmodels.tsa.api
    statsmodels.stats.api statsmodels.graphics statsmodels.graphics.api statsmodels.regression
    statsmodels.regression.linear_model statsmodels.discrete statsmodels.genmod
""")
"""Modules that are reached by a dot, among packages whose functions have names like modules (`sympy.simplify`)."""

PREFIXES = (
    "sympy.",
    "sklearn.",
    "networkx.",
    "statsmodels.",
    "scipy.stats.",
    "pandas.api.",
    "pandas.tseries.",
    "numpy.polynomial.",
)

PARTS: dict[str, frozenset[str]] = {
    "io": _words("StringIO BytesIO"),
    "time": _words("time perf_counter perf_counter_ns process_time monotonic sleep strftime localtime gmtime mktime strptime time_ns"),
    "sys": _words("version version_info maxsize float_info int_info hash_info byteorder getsizeof getrecursionlimit implementation"),
    "timeit": _words("default_timer"),
    "asyncio": _words("sleep gather wait_for"),
    "types": _words("SimpleNamespace MappingProxyType"),
    "uuid": _words("uuid4 UUID"),
    "warnings": _words("warn filterwarnings simplefilter catch_warnings"),
    "contextlib": _words("suppress contextmanager nullcontext ExitStack closing"),
    "dataclasses": _words("dataclass field fields asdict astuple replace is_dataclass"),
    "json": _words("dumps loads JSONDecodeError JSONEncoder"),
    "IPython": _words("display"),
    "IPython.display": _words("display Markdown Math Latex Pretty JSON HTML clear_output"),
    "numpy.lib": _words("stride_tricks"),
    "numpy.testing": _words("assert_allclose assert_almost_equal assert_array_almost_equal assert_array_equal assert_equal assert_array_less"),
    "platform": _words("python_version"),
}  # fmt: skip
"""Modules of which only these names may be used."""

_DENIED_MODULES = _words("""
    sympy.external sympy.interactive sympy.testing sympy.utilities.autowrap sympy.utilities.codegen
    sympy.utilities.runtests sympy.utilities.pkgdata sympy.utilities.tmpfiles sympy.printing.preview sympy.this
    sympy.parsing.autolev sympy.parsing.c sympy.parsing.fortran sympy.codegen.pyutils sympy.utilities.mathml
    sympy.utilities._compilation sympy.core.cache
    sklearn.externals sklearn.utils sklearn.conftest sklearn.__check_build
    networkx.readwrite networkx.utils networkx.conftest networkx.lazy_imports networkx.drawing.nx_agraph
    statsmodels.datasets statsmodels.iolib statsmodels.tools statsmodels.compat statsmodels.conftest
    pandas.api.extensions pandas.api.internals pandas.api.interchange
""")

_MODULES: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(_words("subprocess pty multiprocessing concurrent threading _thread sched signal pexpect sh plumbum invoke fabric joblib dask ray"), ("process", "starts programs or threads")),
    **dict.fromkeys(_words("os posix nt sys builtins site sysconfig platform resource gc inspect ctypes cffi _ctypes faulthandler atexit IPython ipykernel dotenv keyring getpass pwd"), ("environment", "reaches the operating system or the interpreter")),
    **dict.fromkeys(_words("socket ssl http urllib urllib3 requests httpx httpx2 aiohttp ftplib smtplib imaplib poplib telnetlib xmlrpc socketserver websocket websockets paramiko boto3 webbrowser openai anthropic langchain e2b yfinance selenium playwright bs4 asyncio"), ("network", "reaches the network")),
    **dict.fromkeys(_words("io pathlib shutil glob tempfile fileinput zipfile tarfile gzip bz2 lzma csv sqlite3 dbm shelve sqlalchemy h5py netCDF4 openpyxl pyarrow fsspec mmap linecache configparser tomllib PIL imageio cv2 logging"), ("file", "reads or writes files")),
    **dict.fromkeys(_words("pickle marshal cloudpickle dill code codeop runpy ast timeit doctest numexpr types bdb pdb trace"), ("eval", "turns data or text into code")),
    **dict.fromkeys(_words("importlib pkgutil zipimport imp pkg_resources"), ("import", "imports by text")),
    **dict.fromkeys(_words("pip ensurepip venv conda setuptools"), ("install", "installs packages")),
}  # fmt: skip


def is_known(path: str) -> bool:
    """Whether values and members of this module are known to be harmless by themselves."""
    top = path.partition(".")[0]
    if path in _DENIED_MODULES or any(path.startswith(f"{m}.") for m in _DENIED_MODULES):
        return False
    if path in WHOLE_MODULES or path in PARTS or path.startswith(PREFIXES):
        return True
    # Where a class or function was defined inside a package says little: numpy._core, pandas.core.frame.
    return f"{top}." != path and top in WHOLE_MODULES and "." in path and not _reaches_out(path)


def _reaches_out(path: str) -> bool:
    return any(
        part in {"io", "datasets", "externals", "f2py", "ctypeslib", "distutils"} for part in path.split(".")
    )


def importable(path: str) -> bool:
    """Whether `import path` by itself is harmless."""
    if path in _DENIED_MODULES or any(path.startswith(f"{m}.") for m in _DENIED_MODULES):
        return False
    return (path in WHOLE_MODULES or path in PARTS or path.startswith(PREFIXES)) and "._" not in path


def is_submodule(path: str) -> bool:
    """Whether the member `path` of a known module is a harmless module itself."""
    if re.fullmatch(r"sklearn\.[a-z_]+", path):
        return importable(path) and not path.endswith(("clone", "_config", "context"))
    return path in WHOLE_MODULES or path in PARTS or path in _SUBMODULES


def about_module(path: str) -> tuple[Kind, str]:
    """What importing a module that is not `importable` is called."""
    kind, phrase = _MODULES.get(path.partition(".")[0], ("import", "is not known to be pure computation"))
    return kind, f"imports {path}, which {phrase}"


def part_kind(module: str) -> Kind:
    """What using a name outside `PARTS` is called."""
    if module in {"json", "IPython.display"}:
        return "file"
    return _MODULES.get(module.partition(".")[0], ("call", ""))[0]
