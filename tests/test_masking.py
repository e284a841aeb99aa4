"""Keys do not get into what a model, a reader or the store gets."""

from __future__ import annotations

import json

import pytest

from assistant_magic.masking import OutputMask, Secrets, TextMask, mask, mask_output

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


def test_a_value_as_other_formats_write_it():
    """A password is masked where a table's HTML, JSON or a repr writes its signs in another way."""
    env = {"DB_PASSWORD": "p&ss<w\"rd>\\'\u00e9"}
    written = [
        "p&ss<w\"rd>\\'\u00e9",
        "p&amp;ss&lt;w&quot;rd&gt;\\&#x27;\u00e9",
        "p&amp;ss&lt;w\"rd&gt;\\'\u00e9",
    ]
    written += [json.dumps(env["DB_PASSWORD"])[1:-1], repr(env["DB_PASSWORD"])[1:-1]]
    for value in written:
        assert mask(f"<td>{value}</td>", env) == "<td>[DB_PASSWORD hidden]</td>"


def test_every_word_of_a_bundle():
    """The alternative text of a picture and the keys of JSON are masked as well; the picture itself is not touched."""
    key = "sk-proj-" + "a1_-" * 12
    output = {
        "output_type": "display_data",
        "data": {"image/png": "iVBO" + key, "application/json": {key: [{"x": key}]}},
        "metadata": {"image/png": {"alt": key, "width": 3}},
    }
    hidden = mask_output(output, {})
    assert hidden["data"] == {
        "image/png": "iVBO" + key,
        "application/json": {"[key hidden]": [{"x": "[key hidden]"}]},
    }
    assert hidden["metadata"] == {"image/png": {"alt": "[key hidden]", "width": 3}}


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


def test_nothing_to_mask_costs_no_copy():
    """Text without a key is given back as it is."""
    text = "some printed text with numbers 12345\n" * 1_000
    assert mask(text, ENV) is text


KEYS = {
    "a shape": ("sk-proj-" + "a1" * 20, "[key hidden]"),
    "a value": (ENV["OPENAI_API_KEY"], "[OPENAI_API_KEY hidden]"),
    "a block": (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
        "[key hidden]",
    ),
}


@pytest.mark.parametrize("kind", KEYS)
def test_split_anywhere(kind):
    """A key that is written in two pieces, wherever it is cut, is hidden like a whole one."""
    key, hidden = KEYS[kind]
    text = f"my key is {key} and so on\n"
    for cut in range(len(text) + 1):
        pieces = TextMask(Secrets(ENV))
        shown = pieces.take(text[:cut]) + pieces.take(text[cut:]) + pieces.rest()
        assert shown.replace("-----[", "[") == f"my key is {hidden} and so on\n"


@pytest.mark.parametrize("kind", KEYS)
def test_letter_by_letter(kind):
    """A key that is written letter by letter is hidden."""
    key, hidden = KEYS[kind]
    pieces = TextMask(Secrets(ENV))
    shown = "".join(map(pieces.take, f"<{key}>")) + pieces.rest()
    assert shown.replace("-----[", "[") == f"<{hidden}>"


def test_nothing_is_lost():
    """Ordinary text in pieces comes out whole, and what ends a line is not kept waiting."""
    text = "Epoch 3: loss 0.5, sk-learn, hf, AKIA and BEGIN of a task\nnext"
    pieces = TextMask(Secrets(ENV))
    assert "".join(map(pieces.take, text)) + pieces.rest() == text
    assert TextMask(Secrets(ENV)).take("all of it, task\n") == "all of it, task\n"


def test_outputs_in_pieces_keep_their_order():
    """What was held back comes before an output of another kind."""
    mask_of_call = OutputMask()
    first = list(mask_of_call.take({"output_type": "stream", "name": "stdout", "text": "a gsk_"}))
    display = {"output_type": "display_data", "data": {"text/plain": "b"}, "metadata": {}}
    assert [o["output_type"] for o in mask_of_call.take(display)] == ["stream", "display_data"]
    assert first[0]["text"] == "a "
    assert list(mask_of_call.rest()) == []
