"""Keys do not get into what a model, a reader or the store gets."""

from __future__ import annotations

import time

import pytest

from assistant_magic.masking import mask, mask_output

ENV = {
    "OPENAI_API_KEY": "not-shaped-like-a-key-1",
    "DB_PASSWORD": "hunter2hunter2",
    "MY_TOKEN": "abcdefgh12345678",
    "PWD": "/home/user/notebooks",
    "SSH_AUTH_SOCK": "/run/user/1000/ssh",
    "SHORT_KEY": "abc",
    "HOME": "/home/user",
    "KEYBOARD": "qwerty-layout",
}


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "DB_PASSWORD", "MY_TOKEN"])
def test_values_of_secret_variables(name):
    """The value of a variable with a secret-looking name is replaced by its name."""
    assert mask(f"a {ENV[name]} b {ENV[name]}", ENV) == f"a [{name} hidden] b [{name} hidden]"


@pytest.mark.parametrize("name", ["PWD", "SSH_AUTH_SOCK", "SHORT_KEY", "HOME", "KEYBOARD"])
def test_other_values_stay(name):
    """Folders, short values and other variables stay as they are."""
    text = f"value: {ENV[name]}"
    assert mask(text, ENV) is text


@pytest.mark.parametrize(
    "key",
    [
        "sk-" + "a1" * 24,
        "sk-proj-" + "a1_-" * 12,
        "sk-ant-api03-" + "Zz9-" * 12,
        "e2b_" + "0a" * 20,
        "ghp_" + "aB3" * 12,
        "github_pat_" + "a" * 50,
        "hf_" + "Ab" * 17,
        "AKIA" + "ABCDEFGH12345678",
        "AIza" + "x" * 35,
        "xoxb-123456789012-abcdef",
        "lsv2_pt_" + "0a" * 16 + "_" + "0a" * 5,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_shapes(key):
    """What looks like a key of a well-known service is masked wherever it stands."""
    assert mask(f"key={key}\n", {}) == "key=[key hidden]\n"


@pytest.mark.parametrize(
    "text",
    [
        "task-force-of-many-people-who-work",
        "sk-learn",
        "risk-aversion-coefficient-of-the-agents",
        "AKIA",
        "xoxo",
    ],
)
def test_ordinary_words_stay(text):
    """Words that only resemble the beginning of a key stay."""
    assert mask(text, {}) == text


def test_outputs():
    """All words of an output are masked; pictures and numbers are untouched."""
    key = ENV["OPENAI_API_KEY"]
    output = {
        "output_type": "display_data",
        "data": {
            "text/plain": key,
            "image/png": key,
            "application/json": {"a": [key, 1, None]},
            "text/html": [key],
        },
        "metadata": {},
    }
    masked = mask_output(output, ENV)["data"]
    assert masked["image/png"] == key
    assert key not in str({k: v for k, v in masked.items() if k != "image/png"})
    assert masked["application/json"]["a"][1:] == [1, None]
    error = mask_output({"output_type": "error", "ename": "E", "evalue": key, "traceback": [key]}, ENV)
    assert key not in str(error)


def test_cheap():
    """Ten megabytes without a key are looked through in well under a tenth of a second each."""
    text = "some printed text with numbers 12345\n" * 300_000
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.5


def _seconds(text):
    start = time.perf_counter()
    assert mask(text, ENV) is text
    return time.perf_counter() - start
