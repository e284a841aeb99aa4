"""Settings come in layers, and say where they come from."""

import json

import pytest

from assistant_magic import config
from assistant_magic.exceptions import ConfigurationError


def test_layers_stand_above_each_other(home):
    """Default < user < notebook < call."""
    assert config.resolve().max_turns == 30

    config.save_user("max_turns", 5)

    assert config.resolve().max_turns == 5
    assert config.resolve(notebook={"max_turns": 6}).max_turns == 6
    assert config.resolve(notebook={"max_turns": 6}, call={"max_turns": 7}).max_turns == 7


def test_the_administrator_has_the_last_word(tmp_path, monkeypatch):
    """What the policy file sets cannot be changed below it."""
    (tmp_path / "assistant_policy.toml").write_text('[settings]\napprove = "never"\n')
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_CONFIG_PATH", [str(tmp_path)])

    assert config.resolve(call={"approve": "auto"}).approve == "never"
    assert config.origin("approve", {"approve": "auto"}) == "admin"


def test_every_setting_can_be_fixed(tmp_path, monkeypatch):
    """Each option that there is can be fixed by the administrator, the system's file before the environment's."""
    system, environment = tmp_path / "system", tmp_path / "environment"
    for folder in (system, environment):
        folder.mkdir()
    values = {name: getattr(config.resolve(), name) for name, _ in config.options()}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items() if value not in (None, "")]
    (environment / "assistant_policy.toml").write_text("\n".join(["[settings]", *lines]))
    (system / "assistant_policy.toml").write_text('[settings]\napprove = "ask"\n')
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_CONFIG_PATH", [str(system)])
    monkeypatch.setattr("jupyter_core.paths.ENV_CONFIG_PATH", [str(environment)])

    held = config.resolve(notebook={"executor": "e2b", "max_turns": 3}, call={"approve": "auto"})
    assert (held.executor, held.max_turns, held.approve) == ("live", 30, "ask")
    assert config.origin("max_output", {"max_output": 1}) == "admin"


@pytest.mark.parametrize(
    "text",
    [
        "[settings\n",
        '[settings]\napprove = "perhaps"\n',
        "[settings]\nno_such = 1\n",
        '[setting]\napprove = "never"\n',
        'approve = "never"\n',
        "settings = 3\n",
    ],
)
def test_a_broken_policy_file_lets_nothing_run(text, tmp_path, monkeypatch):
    """A policy file that cannot be understood is an error, and not a missing policy."""
    (tmp_path / "assistant_policy.toml").write_text(text)
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_CONFIG_PATH", [str(tmp_path)])

    with pytest.raises(ConfigurationError):
        config.resolve()


def test_a_folder_of_the_config_path_may_hold_a_policy(tmp_path, monkeypatch):
    """A policy in a folder of JUPYTER_CONFIG_PATH holds, but cannot loosen what the system's fixes."""
    system, named = tmp_path / "system", tmp_path / "named"
    for folder in (system, named):
        folder.mkdir()
    (system / "assistant_policy.toml").write_text('[settings]\napprove = "never"\n')
    (named / "assistant_policy.toml").write_text('[settings]\napprove = "auto"\nmax_turns = 2\n')
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_CONFIG_PATH", [str(system)])
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(named))
    assert (config.resolve().approve, config.resolve().max_turns) == ("never", 2)


def test_origins_are_told(home):
    """Every option knows which layer it comes from."""
    config.save_user("quiet", True)

    assert config.origin("quiet", {}) == "user"
    assert config.origin("quiet", {"quiet": False}) == "notebook"
    assert config.origin("model", {}) == "default"


def test_a_user_setting_can_be_removed(home):
    """None takes an option out of the user's file."""
    path = config.save_user("quiet", True)
    config.save_user("quiet", None)

    assert json.loads(path.read_text()) == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("quiet", "true", True), ("max_turns", "3", 3), ("tools", "web_search", ["web_search"])],
)
def test_words_become_values(name, text, value):
    """What a person types is read as the option's type."""
    assert config.parse(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("nonsense", "1"), ("max_turns", "0"), ("approve", "maybe")])
def test_what_does_not_fit_is_said_in_a_line(name, text):
    """Unknown options and wrong values are refused with what would fit."""
    with pytest.raises(ConfigurationError) as caught:
        config.parse(name, text)

    assert "\n" not in str(caught.value)
    assert caught.value.cure


def test_a_broken_file_is_named_and_kept(home):
    """A file that cannot be read is an error that names it; it is never overwritten."""
    path = config.save_user("quiet", True)
    path.write_text("{nope")

    with pytest.raises(ConfigurationError, match="assistant_magic"):
        config.resolve()
    with pytest.raises(ConfigurationError, match="assistant_magic"):
        config.save_user("quiet", False)
    assert path.read_text() == "{nope"


def test_the_model_follows_the_key(monkeypatch):
    """With a key OpenAI answers, without one the tutor does, and what is set wins."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert config.resolve().named_model() == "offline:tutor"

    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert config.resolve().named_model() == config.OPENAI_MODEL
    assert config.resolve(call={"model": "ollama:x"}).named_model() == "ollama:x"


def test_a_backend_gets_what_is_set():
    """Options at their empty default stay away; zero is a value."""
    assert config.resolve().for_provider() == {"store": "server"}
    assert config.resolve(call={"temperature": 0, "background": True}).for_provider() == {
        "store": "server",
        "temperature": 0.0,
        "background": True,
    }
