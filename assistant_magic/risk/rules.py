"""What is known to be harmless, and what is known to be dangerous within it: data, and the questions about it."""

from __future__ import annotations

import builtins
import re

from assistant_magic.risk.finding import Kind
from assistant_magic.risk.modules import PARTS, part_kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = _words("""
    abs aiter all anext any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float
    format frozenset getattr hasattr hash hex id int isinstance issubclass iter len list map max memoryview min next
    object oct ord pow print property range repr reversed round set slice sorted staticmethod classmethod str sum
    super tuple type zip dir display
    NotImplemented Ellipsis True False None __name__ __debug__
""") | {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}

DENIED_BUILTINS: dict[str, tuple[Kind, str]] = {
    "open": ("file", "opens a file"),
    "eval": ("eval", "runs text as code: eval"),
    "exec": ("eval", "runs text as code: exec"),
    "compile": ("eval", "turns text into code: compile"),
    "__import__": ("import", "imports by text: __import__"),
    "globals": ("reflection", "reaches all names: globals"),
    "locals": ("reflection", "reaches all names: locals"),
    "vars": ("reflection", "reaches inside an object: vars"),
    "setattr": ("change", "changes an attribute by name: setattr"),
    "delattr": ("change", "deletes an attribute by name: delattr"),
    "input": ("call", "waits for the keyboard: input"),
    "breakpoint": ("call", "starts the debugger"),
    "help": ("call", "opens the help, which waits for the keyboard"),
    "exit": ("environment", "ends the kernel: exit"),
    "quit": ("environment", "ends the kernel: quit"),
    "get_ipython": ("environment", "reaches the kernel itself: get_ipython"),
    "copyright": ("call", "waits for the keyboard"),
    "credits": ("call", "waits for the keyboard"),
    "license": ("call", "waits for the keyboard"),
}

_DENIED: dict[str, tuple[Kind, str, str]] = {
    # top package: kind, phrase, and a pattern of the names
    "numpy": ("file", "reads or writes a file", r"load|loadtxt|save|savez|savez_compressed|savetxt|genfromtxt|fromfile|fromregex|recfrom\w+|mafromtxt|ndfromtxt|memmap|open_memmap|DataSource|core|lib|compat|f2py|distutils|ctypeslib|test|rec|show_config|info|lookfor|source"),
    "pandas": ("file", "reads or writes a file", r"read_(?!csv$|table$|fwf$|json$)\w+|to_pickle|HDFStore|ExcelFile|ExcelWriter|show_versions|io|core|compat|util|test|pandas|arrays_io|option_context_io"),
    "sympy": ("process", "starts another program or runs code", r"preview|init_session|pager_print|pollute|pygletplot|PygletPlot|load_file|test|doctest|autowrap|ufuncify|binary_function|import_module|source|enable_automatic_\w+"),
    "matplotlib": ("file", "reads or writes a file", r"savefig|imsave|imread|rc_file|rc_context|rc_params_from_file|switch_backend|pylab|\w*[wW]riter"),
    "seaborn": ("network", "fetches from the network", r"load_dataset|get_dataset_names|get_data_home"),
    "sklearn": ("network", "fetches from the network or a file", r"fetch_\w+|load_files|load_svmlight_files?|dump_svmlight_file|get_data_home|clear_data_home|show_versions|load_sample_images?|export_graphviz"),
    "networkx": ("file", "reads or writes a file", r"read_\w+|write_\w+|from_pydot|nx_agraph|nx_pydot|to_agraph|view_pygraphviz|pygraphviz_layout|graphviz_layout|config|backends"),
    "polars": ("file", "reads or writes a file", r"read_\w+|scan_\w+|SQLContext|sql|Config|defer|register_io_source|plugins|Catalog|credential_provider|CredentialProvider\w*"),
    "scipy": ("process", "reaches outside Python", r"LowLevelCallable|test|datasets|io|show_config|save_npz|load_npz|ODR_file"),
    "statsmodels": ("network", "fetches from the network or a file", r"datasets|load|load_pickle|webdoc|get_rdataset|test|show_versions|open_help"),
    "xarray": ("file", "reads or writes a file", r"open_\w+|save_mfdataset|load_\w+|backends|tutorial|show_versions"),
    "plotly": ("file", "reads or writes a file", r"io|offline|tools|write_\w+|colors_io"),
    "altair": ("network", "fetches from the network", r"UrlData|data_transformers|renderers|theme|themes"),
    "typing": ("eval", "runs text as code", r"get_type_hints|ForwardRef"),
    "typing_extensions": ("eval", "runs text as code", r"get_type_hints|ForwardRef|get_annotations|evaluate_forward_ref"),
    "pint": ("file", "reads a file", r"UnitRegistry_file|load_definitions"),
    "patsy": ("eval", "runs text as code", r"EvalEnvironment|EvalFactor"),
    "mpmath": ("eval", "runs text as code", r"runtests|doctests"),
    "tqdm": ("call", "reaches outside Python", r"cli|contrib|monitor"),
    "hashlib": ("file", "reads a file", r"file_digest"),
    "string": ("reflection", "reads attributes by text", r"Formatter"),
    "copy": ("change", "changes how objects are copied", r"copyreg|dispatch_table"),
    "enum": ("reflection", "reaches other modules", r"sys|bltns"),
}  # fmt: skip

_ATTRIBUTES: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(_words("""open write writelines write_text write_bytes read_text read_bytes tofile dump save savefig
        savez savetxt imsave imread load loadtxt fromfile memmap unlink rmdir mkdir makedirs touch chmod chown rmtree
        copyfile copytree listdir scandir removedirs symlink_to hardlink_to truncate_file open_memmap DataSource
        write_html write_image write_json write_csv write_parquet write_excel write_ipc write_ndjson write_avro
        write_database write_delta genfromtxt fromregex savez_compressed save_npz load_npz load_file
        load_definitions serialize deserialize thumbnail sink_csv sink_parquet sink_ipc sink_ndjson HDFStore ExcelWriter io pathlib shutil
        tempfile glob zipfile gzip bz2 lzma tarfile"""), ("file", "reads or writes a file")),
    **dict.fromkeys(_words("""system popen Popen check_output check_call getoutput getstatusoutput spawnl spawnlp spawnv
        spawnve spawnvp execl execle execlp execv execve execvp fork forkpty kill killpg subprocess posix pty
        multiprocessing threading signal to_html5_video to_jshtml_video run_line_magic run_cell_magic run_cell
        getpid"""), ("process", "starts or ends a program")),
    **dict.fromkeys(_words("""urlopen urlretrieve load_dataset get_rdataset socket request sendall create_connection urllib requests http ftplib
        smtplib serve"""), ("network", "reaches the network")),
    **dict.fromkeys(_words("""environ environb getenv putenv unsetenv os sys modules builtins ctypes ctypeslib ctypes_data
        inspect gc platform sysconfig setrecursionlimit settrace setprofile _exit abort"""),
        ("environment", "reaches the operating system or the interpreter")),
    **dict.fromkeys(_words("exec eval_code compile runsource runcode pickle marshal codecs runpy linecache code_object CodeType FunctionType LambdaType EvalFactor"),
        ("eval", "turns text into code")),
    **dict.fromkeys(_words("env loader from_string get_template from_custom_template compile_expression"),
        ("eval", "reaches what turns templates into code")),
    "set_usetex": ("process", "starts LaTeX"),
    "register_plugin_function": ("import", "loads a library by its path"),
    **dict.fromkeys(_words("importlib import_module reload load_module exec_module find_spec pkgutil import_optional_dependency"),
        ("import", "imports by text")),
    **dict.fromkeys(_words("""gi_frame gi_code cr_frame cr_code ag_frame ag_code f_globals f_locals f_back f_builtins f_code
        tb_frame tb_next func_globals func_code co_code co_consts mro attrgetter methodcaller obj"""),
        ("reflection", "reaches inside the interpreter")),
}  # fmt: skip

_SAFE_TO = _words("""
    to_numpy to_list to_dict to_frame to_datetime to_numeric to_timedelta to_period to_timestamp to_records to_xarray
    to_flat_index to_series to_pandas to_pydatetime to_julian_date to_array to_matrix to_julian to_dense to_sparse
    to_mpmath to_poly to_cnf to_dnf to_nnf to_number_field to_undirected to_directed to_pylist to_dicts to_dummies
    to_physical to_integral to_integral_value to_integral_exact to_eng_string to_bytes to_rgb to_rgba to_hex to_tuple
    to_pandas_edgelist to_numpy_array to_dict_of_lists to_base to_base_units to_compact to_reduced_units to_quaternion
    to_root_units to_arrow to_titlecase to_uppercase to_lowercase to_integer to_decimal to_plotly_json
    to_rotation_matrix to_pydatetime to_Matrix to_euler to_rotvec to_tree to_networkx_graph to_offset
""")
TEXT_WRITERS = {
    "to_csv": ("path_or_buf",),
    "to_string": ("buf",),
    "to_markdown": ("buf",),
    "to_latex": ("buf",),
    "to_html": ("buf",),
    "to_json": ("path_or_buf",),
    "to_xml": ("path_or_buffer",),
}
"""Give text back where no place to write to is named; with the names of that argument."""

READERS = _words("read_csv read_table read_fwf read_json")
"""Read a file, unless they are given a `StringIO`."""

SAFE_DUNDERS = _words("__name__ __doc__ __version__ __len__ __qualname__ __members__")
SAFE_PRIVATE = _words("_asdict _replace _fields _repr_html_ _repr_latex_ _make _latex")

EVALUATORS = _words(
    "query eval sympify S parse_expr lambdify simplify ols logit glm wls gls mixedlm dmatrices dmatrix from_formula"
)
"""Functions and methods that run text as code as their purpose: text made at run time always asks."""

SYMPY_METHODS = _words("""subs xreplace diff integrate limit series coeff equals as_poly has evalf solve collect expand
    factor simplify rewrite match replace func rebuild applyfunc row_insert col_insert row_join col_join intersect""")
"""Methods of expressions that read text as an expression."""

HANDED_EVALUATORS = _words("query eval from_formula")
"""Of these, methods that ask already where they are handed on without being called."""

NAMED_CALLS = _words(
    "apply agg aggregate transform pivot_table crosstab pipe map applymap resample getattr hasattr"
)
"""Take the name of a method as text and call it."""

MUTATORS = _words("""append extend insert remove pop clear update setdefault popitem sort reverse add discard fill resize
    put itemset setflags setfield partition byteswap appendleft extendleft popleft rotate set_index_inplace
    difference_update intersection_update symmetric_difference_update subtract drop_inplace add_node add_edge
    add_nodes_from add_edges_from remove_node remove_edge row_del col_del row_swap col_swap zip_row_op row_op col_op""")
"""Change the value they are called on; `sort`, `add`, … of a data frame do not, but asking is cheap."""

TEXT_FUNCTIONS = _words("latex srepr pycode python pretty sstr ccode fcode jscode octave_code mathematica_code str repr "
                        "format ascii chr hex oct bin dumps decode join cat getvalue read")  # fmt: skip

NOT_TEXT = re.compile(r"(sympy|mpmath|matplotlib|scipy|seaborn|networkx|plotly)(\.|$)")
"""Modules whose functions do not give back the text they were given."""


RICH_DISPLAYS = _words(
    "_repr_html_ _repr_javascript_ _repr_mimebundle_ _ipython_display_ _repr_svg_ _repr_markdown_ _repr_json_"
)
"""Methods whose result acts in the browser, or makes it fetch something."""

PLACE_ARGUMENTS: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(_words("file filename fname filepath out_file rptfile errfile output_path data_home cache_folder"),
                    ("file", "may read or write a file")),
    "memory": ("file", "writes a cache below memory="),
    "usetex": ("process", "starts LaTeX: usetex"),
    "backend": ("import", "imports a backend by text"),
    "renderer": ("process", "starts a program that shows it"),
    "raw": ("call", "shows a bundle that cannot be read beforehand"),
}  # fmt: skip
"""Arguments that reach outside whichever known function takes them."""


def denied_member(module: str, name: str) -> tuple[Kind, str] | None:
    """Why the public name `name` of a known module may not be used, or None."""
    if module in PARTS:
        return None if name in PARTS[module] else (part_kind(module), f"uses {module}.{name}")
    top = module.partition(".")[0]
    if denied_in(top, name):
        kind, phrase, _ = _DENIED[top]
        return kind, f"{phrase}: {module}.{name}"
    if _is_computation(module, name):
        return None
    return denied_attribute(name)


def denied_in(top: str, name: str) -> bool:
    """Whether a package must not be asked for this name, which is harmless in another one."""
    return top in _DENIED and re.fullmatch(_DENIED[top][2], name) is not None


def _is_computation(module: str, name: str) -> bool:
    """Names that are dangerous elsewhere and harmless here."""
    top = module.partition(".")[0]
    return (
        (name == "compile" and module == "re")
        or (name in {"attrgetter", "methodcaller"} and module == "operator")
        or (name == "signal" and top == "scipy")
        or (name.startswith("load_") and top == "sklearn")
        or (
            name.startswith("to_")
            and module in {"pandas", "networkx", "matplotlib.colors"}
            and name in _SAFE_TO
        )
        or (name in READERS and module == "pandas")
    )


def denied_attribute(name: str) -> tuple[Kind, str] | None:
    """Why an attribute of this name of any value may not be used, or None."""
    if name.startswith("__") and name not in SAFE_DUNDERS:
        return "reflection", f"reaches inside an object: .{name}"
    if name in _ATTRIBUTES:
        kind, phrase = _ATTRIBUTES[name]
        return kind, f"{phrase}: .{name}"
    if name.startswith("to_") and name not in _SAFE_TO and name not in TEXT_WRITERS:
        return "file", f"may write a file: .{name}"
    if name.startswith(
        ("print_", "read_", "write_", "scan_", "sink_", "save_", "savefig", "spawn", "fetch_", "open_")
    ):
        return "file", f"may read or write a file: .{name}"
    return None
