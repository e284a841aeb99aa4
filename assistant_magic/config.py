"""Every option, and the layers it can come from: default < user < notebook < call < admin.

- default: the value below, or the one in `ipython_config.py` (`c.Settings.model = …`)
- user: `assistant_magic.json` in Jupyter's configuration directory (`%assistant set --user model …`)
- notebook: kept with the thread (`%assistant set model …`)
- call: options of one `%%assistant` line or of an `Assistant`
- admin: `assistant_policy.toml` in Jupyter's system directories; what it sets cannot be changed below it
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from traitlets import Bool, Enum, Float, Int, List, TraitError, Unicode, validate
from traitlets.config import Config, Configurable

from assistant_magic.exceptions import ConfigurationError

OPENAI_MODEL = "openai:gpt-6-luna"
OFFLINE_MODEL = "offline:tutor"


class Settings(Configurable):
    """The options of a run."""

    model = Unicode(
        "", help="Who answers, as provider:model. Empty: OpenAI when a key is set, else offline:tutor."
    ).tag(config=True)
    instructions = Unicode("", help="Standing text for the model.").tag(config=True)
    executor = Enum(
        ["live", "isolated", "e2b"],
        "live",
        help="Where the model's code runs: in this kernel, in one of its own, or in an E2B sandbox.",
    ).tag(config=True)
    approve = Enum(
        ["default", "auto", "ask", "never", "risky"],
        "default",
        help="May the model's code run. auto: yes; ask: ask me; risky: ask me about more than computation; "
        "never: no; default: auto for offline:tutor, else risky.",
    ).tag(config=True)
    risky_executor = Enum(
        ["", "isolated", "e2b"],
        "",
        help="Where code runs, unasked, that `risky` would ask about: e2b, or isolated, which can still reach your "
        "files. Empty: it is asked about.",
    ).tag(config=True)
    isolated_kernel = Unicode("python3", help="Kernelspec of the isolated kernel.").tag(config=True)
    isolated_memory = Float(8, min=0.25, help="GB of memory for each process of the isolated kernel.").tag(
        config=True
    )
    isolated_cpu_seconds = Int(3600, min=1, help="CPU time of an isolated kernel's life.").tag(config=True)
    isolated_file_size = Float(1, min=0.001, help="GB that one file of the isolated kernel may have.").tag(
        config=True
    )
    e2b_template = Unicode("code-interpreter-v1", help="E2B's name of the sandbox's image.").tag(config=True)
    e2b_idle = Int(300, min=30, help="Seconds until an unused sandbox pauses.").tag(config=True)
    tools = List(
        Unicode(), help="Further tools by name: hosted ones such as web_search, or python_isolated."
    ).tag(config=True)
    base_url = Unicode("", help="Address of the provider's server; empty: its own.").tag(config=True)
    timeout = Float(
        0, min=0, help="Seconds without a word from the provider's server until it is given up; 0: its own."
    ).tag(config=True)
    quiet = Bool(default_value=False, help="No tool cards: the answer, and what code prints or draws.").tag(
        config=True
    )
    reveal = Unicode(
        "always",
        help="When the answer of a pupil's problem may be said: always, never, or after_attempts(3).",
    ).tag(config=True)
    max_turns = Int(30, min=1, help="Model calls per run.").tag(config=True)
    max_tool_calls = Int(60, min=1, help="Tool calls per run.").tag(config=True)
    run_seconds = Float(3600, min=1, help="Wall-clock time of a run.").tag(config=True)
    max_output = Float(100, min=0.001, help="MB that the tools of a run may print and display.").tag(
        config=True
    )
    tool_seconds = Float(600, min=0.1, help="Time limit of one tool call's code.").tag(config=True)
    database = Unicode(
        "",
        help="Where threads are kept, as a URL (with --user only). Empty: a file in Jupyter's data directory.",
    ).tag(config=True)
    budget_run = Float(0, min=0, help="US dollars one run may cost; 0: any.").tag(config=True)
    budget_thread = Float(0, min=0, help="US dollars a thread may cost; 0: any.").tag(config=True)
    budget_day = Float(0, min=0, help="US dollars all threads may cost in a day; 0: any.").tag(config=True)
    # What follows goes to the provider; each backend takes what it knows.
    store = Enum(
        ["server", "local"],
        "server",
        help="Where the provider keeps a thread: server, or local for not at all.",
    ).tag(config=True)
    conversation = Unicode("", help="Id of a conversation at the provider that a new thread continues.").tag(
        config=True
    )
    background = Bool(
        default_value=False, help="Let the provider finish an answer whatever happens here."
    ).tag(config=True)
    temperature = Float(None, allow_none=True, help="Randomness, where the model has it.").tag(config=True)
    max_output_tokens = Int(None, allow_none=True, min=1, help="Longest answer in tokens.").tag(config=True)
    reasoning_effort = Unicode("", help="How long a model may think, in its provider's words.").tag(
        config=True
    )
    verbosity = Unicode("", help="How much a model says, in its provider's words.").tag(config=True)
    compact_at = Int(None, allow_none=True, min=1, help="Tokens at which a long thread is shortened.").tag(
        config=True
    )

    @validate("reveal")
    def _known_reveal(self, proposal: Any) -> str:
        value = str(proposal["value"]).replace(" ", "")
        if not re.fullmatch(r"always|never|after_attempts\([1-9]\d{0,2}\)", value):
            raise TraitError("reveal is always, never, or after_attempts(3)")
        return value

    @validate("base_url")
    def _no_password(self, proposal: Any) -> str:
        value = str(proposal["value"])
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise TraitError("an address must not hold a password")
        return value

    def for_provider(self) -> dict[str, Any]:
        """The options that a backend gets, those that are set."""
        values = {name: getattr(self, name) for name in _PROVIDER_OPTIONS}
        # 0 is a temperature like any other.
        return {name: value for name, value in values.items() if value or (value == 0 and value is not False)}

    def named_model(self) -> str:
        """The model that answers when none is set: OpenAI's with a key in the environment, else the tutor."""
        return self.model or (OPENAI_MODEL if os.environ.get("OPENAI_API_KEY") else OFFLINE_MODEL)


_PROVIDER_OPTIONS = (
    "background", "compact_at", "conversation", "max_output_tokens", "reasoning_effort", "store", "temperature",
    "verbosity",
)  # fmt: skip


def resolve(
    *,
    notebook: Mapping[str, Any] | None = None,
    call: Mapping[str, Any] | None = None,
    config: Config | None = None,
) -> Settings:
    """The settings that hold, by layers.

    Raises:
        ConfigurationError: A layer names an unknown option or a value that does not fit; says which layer.
    """
    settings = Settings(config=config) if config is not None else Settings()
    layers = {"user": user_layer(), "notebook": notebook or {}, "call": call or {}, "admin": admin_layer()}
    for layer, values in layers.items():
        for name, value in values.items():
            _set(settings, name, value, layer)
    return settings


def parse(name: str, text: str) -> Any:
    """The value of option `name` from the words a person typed.

    Raises:
        ConfigurationError: Unknown option, or a value that does not fit.
    """
    settings = Settings()
    trait = option(name)
    try:
        value = text.replace(",", " ").split() if isinstance(trait, List) else trait.from_string(text)
    except (ValueError, TraitError):
        value = text
    _set(settings, name, value, "call")
    return getattr(settings, name)


def origin(name: str, notebook: Mapping[str, Any]) -> str:
    """The layer that option `name` comes from."""
    for layer, values in (("admin", admin_layer()), ("notebook", notebook), ("user", user_layer())):
        if name in values:
            return layer
    return "default"


def options() -> Iterator[tuple[str, str]]:
    """Every option with its help."""
    for name, trait in sorted(Settings.class_traits(config=True).items()):
        yield name, str(trait.help)


def option(name: str) -> Any:
    """The trait of an option.

    Raises:
        ConfigurationError: There is no such option.
    """
    traits = Settings.class_traits(config=True)
    if name not in traits:
        raise ConfigurationError(
            f"there is no option {name!r}", f"The options are: {', '.join(sorted(traits))}."
        )
    return traits[name]


def user_layer() -> Mapping[str, Any]:
    """What the user set for all notebooks."""
    path = _user_file()
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}", "Mend the file or move it away."
        ) from error


def save_user(name: str, value: Any) -> Path:
    """Set an option for all notebooks of this user; None removes it. Returns the file."""
    values = {**user_layer(), name: value}
    if value is None:
        del values[name]
    path = _user_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error}", "Set the option without --user."
        ) from error
    return path


def admin_layer() -> Mapping[str, Any]:
    """What the administrator fixed, in Jupyter's folders of the system, of this environment, and those named besides.

    The first that fixes something counts: `JUPYTER_CONFIG_PATH` comes last and cannot loosen the others.

    Raises:
        ConfigurationError: A policy file cannot be read; nothing runs without knowing what it says.
    """
    from jupyter_core.paths import ENV_CONFIG_PATH, SYSTEM_CONFIG_PATH

    named = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    fixed: dict[str, Any] = {}
    for directory in filter(None, ("/etc/jupyter", *SYSTEM_CONFIG_PATH, *ENV_CONFIG_PATH, *named)):
        path = Path(directory) / "assistant_policy.toml"
        try:
            fixed = {**_policy(path.read_text("utf-8")), **fixed}
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{path} cannot be read: {error}", "Ask whoever administers it."
            ) from error
    return fixed


def _policy(text: str) -> Mapping[str, Any]:
    """The table `[settings]`. Anything beside it was meant to fix something, so it must not be passed over."""
    settings = (held := tomllib.loads(text)).pop("settings", {})
    if held or not isinstance(settings, dict):
        raise ValueError(f"{next(iter(held), 'settings')!r} does not stand below [settings]")
    return settings


def _user_file() -> Path:
    from jupyter_core.paths import jupyter_config_dir

    return Path(jupyter_config_dir()) / "assistant_magic.json"


def _set(settings: Settings, name: str, value: Any, layer: str) -> None:
    try:
        trait = option(name)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error.what} ({layer} settings)", error.cure) from None
    try:
        setattr(settings, name, value)
    except TraitError as error:
        where = "" if layer == "call" else f" ({layer} settings)"
        if name == "base_url" and "@" in str(value):
            # Not repeated: it would stand in the notebook.
            raise ConfigurationError(
                f"base_url holds a name or a password{where}", "Set OPENAI_BASE_URL before Jupyter starts."
            ) from None
        raise ConfigurationError(f"{name} cannot be {value!r}{where}", _fitting(trait)) from error


def _fitting(trait: Any) -> str:
    if isinstance(trait, Enum):
        return f"Choose one of {', '.join(trait.values or ())}."
    if isinstance(trait, Bool):
        return "Choose true or false."
    least = getattr(trait, "min", None)
    return f"Give {trait.info()}." if least is None else f"Give a number from {least:g} up."
