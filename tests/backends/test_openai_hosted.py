"""Hosted tools as a person meets them in a notebook: approvals, files, links and searches."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from backends.openai_page import ASK, OpenAIPage, approval, opened, remote_call
from backends.responses_server import Reply, Request, plain
from backends.responses_stream import Stream

MCP = "--tool wiki"
DOCS = 'wiki = {"type": "mcp", "server_label": "wiki", "server_url": "https://wiki.example/mcp"}'
RISKY = "%%assistant -m openai:gpt-6-luna"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIPage]:
    with opened(tmp_path_factory.mktemp("hosted")) as page:
        page.kernel.run(DOCS)
        yield page


def decisions(page: OpenAIPage) -> list[dict[str, object]]:
    """The answers to approval requests in the last request."""
    return [item for item in page.server.asked()[-1]["input"] if item.get("type") == "mcp_approval_response"]


def test_a_remote_tool_is_named_by_a_variable(page: OpenAIPage) -> None:
    """`--tool NAME` takes a hosted tool as the provider describes it, and hands it over unchanged."""
    page.ask("Look.", Stream(1).text("Done."), line=f"{ASK} {MCP}")
    assert page.server.asked()[-1]["tools"][-1] == {
        "type": "mcp",
        "server_label": "wiki",
        "server_url": "https://wiki.example/mcp",
    }


def test_a_tool_that_is_nowhere_says_how_one_is_described(page: OpenAIPage) -> None:
    """An unknown name is one line with an example to copy."""
    cell = page.ask("Look.", line=f"{ASK} --tool mcp")
    assert "there is no tool 'mcp'" in cell.text + cell.error
    assert '"type": "mcp"' in cell.text + cell.error


def test_a_remote_call_is_asked_about_and_allowed(page: OpenAIPage) -> None:
    """The question names tool and arguments; yes goes to the server, and the answer follows in the same run."""
    done = Stream(11).item(remote_call(11, "Leonhard Euler, 1707")).text("Born in 1707.")
    cell = page.ask("Euler?", approval(10), done, line=f"{RISKY} {MCP}", answers=("y",))
    [asked] = cell.prompts
    assert "e edit" not in asked
    assert "call `wiki.read_wiki` at the provider" in cell.text
    assert '"page": "Euler"' in cell.text
    assert "allowed" in cell.text
    assert "Born in 1707." in cell.text
    assert decisions(page) == [
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_10", "approve": True}
    ]


def test_a_refused_remote_call_tells_the_model_why(page: OpenAIPage) -> None:
    """No, with a word for the model: the server gets both, and the card says so."""
    cell = page.ask(
        "Euler?",
        approval(20),
        Stream(21).text("Then I cannot."),
        line=f"{RISKY} {MCP}",
        answers=("n not that one",),
    )
    [answer] = decisions(page)
    assert answer["approve"] is False
    assert "not that one" in str(answer["reason"])
    assert "not run: the user said no: not that one" in cell.text
    assert "Then I cannot." in cell.text


def test_always_holds_for_this_tool_in_this_thread(page: OpenAIPage) -> None:
    """After `a` the same tool is called again without a question."""
    cell = page.ask(
        "Twice.",
        approval(30),
        approval(31),
        Stream(32).text("Both."),
        line=f"{RISKY} {MCP}",
        answers=("a",),
    )
    assert len(cell.prompts) == 1
    assert [answer["approve"] for answer in decisions(page)] == [True]
    assert "Both." in cell.text


def test_where_nobody_can_be_asked_the_call_is_refused(page: OpenAIPage) -> None:
    """Under nbconvert and the like the model hears no, and why."""
    cell = page.ask("Euler?", approval(40), Stream(41).text("Not allowed, then."), line=f"{RISKY} {MCP}")
    [answer] = decisions(page)
    assert answer["approve"] is False
    assert "Nobody can be asked here" in cell.text


def test_a_link_into_the_container_says_how_the_file_is_fetched(page: OpenAIPage) -> None:
    """No dead link is left: words, a number, and below them the command that downloads the file."""
    text = "Here: [the table](sandbox:/mnt/data/sums.csv) and [more](sandbox:/mnt/data/my%20notes.txt)."
    note = {
        "type": "container_file_citation",
        "container_id": "cntr_1",
        "file_id": "cfile_1",
        "filename": "sums.csv",
        "start_index": 6,
        "end_index": 44,
    }
    cell = page.ask("Save it.", Stream(50).text(text, annotations=[note]))
    assert "sandbox:" not in cell.text
    assert "the table &#91;1&#93;" in cell.text
    assert "`%assistant files download sums.csv`" in cell.text
    assert "`%assistant files download my notes.txt`" in cell.text


def test_a_server_that_counts_otherwise_cuts_no_word_apart(page: OpenAIPage) -> None:
    """A number stands behind the word that a wrong offset points into, and once behind a link."""
    text = "Euler was Swiss. See [it](sandbox:/mnt/data/a.png) now."
    swiss = {"type": "url_citation", "start_index": 0, "end_index": 13, "title": "S", "url": "https://e.org/"}
    made = {"type": "container_file_citation", "container_id": "c", "file_id": "f", "filename": "a.png"}
    notes = [swiss, {**made, "start_index": 22, "end_index": 54}]
    cell = page.ask("Who?", Stream(51).text(text, annotations=notes))
    assert "was Swiss [&#91;1&#93;](https://e.org/). See it &#91;2&#93; now." in cell.text


def test_what_the_code_interpreter_made_is_downloaded(page: OpenAIPage) -> None:
    """The command from the footnote writes the file beside the notebook and links to it."""
    listed = {
        "id": "cfile_1",
        "object": "container.file",
        "created_at": 1,
        "bytes": 4,
        "container_id": "cntr_1",
        "path": "/mnt/data/sums.csv",
        "source": "assistant",
    }

    def files(_: Request) -> Reply:
        return plain(
            {"object": "list", "data": [listed], "first_id": None, "last_id": None, "has_more": False}
        )

    page.server.routes["GET /containers/cntr_1/files"] = files
    page.server.routes["GET /containers/cntr_1/files/cfile_1/content"] = lambda _: Reply(body=b"2,7\n")
    note = {
        "type": "container_file_citation",
        "container_id": "cntr_1",
        "file_id": "cfile_1",
        "filename": "sums.csv",
    }
    page.ask("Save it.", Stream(55).text("Saved.", annotations=[note]))
    cell = page.kernel.run("%assistant files download sums.csv")
    assert "[sums.csv](sums.csv)" in cell.text
    assert (page.folder / "sums.csv").read_bytes() == b"2,7\n"
    assert "[sums-2.csv](sums-2.csv)" in page.kernel.run("%assistant files download").text, "all of them"
    page.kernel.run("%assistant new")
    assert "no files at the provider" in page.kernel.run("%assistant files").text
    assert "no files to fetch" in page.kernel.run("%assistant files download").text


def test_sources_are_numbered_links(page: OpenAIPage) -> None:
    """The number stands behind the statement and links to the page, which is named below."""
    note = {
        "type": "url_citation",
        "start_index": 0,
        "end_index": 13,
        "title": "Mount Columbia",
        "url": "https://example.org/columbia",
    }
    cell = page.ask("How high?", Stream(60).text("It is 3,747 m, they say.", annotations=[note]))
    assert "It is 3,747 m [&#91;1&#93;](https://example.org/columbia), they say." in cell.text
    assert "1. [Mount Columbia](https://example.org/columbia)" in cell.text


def test_a_conversation_at_the_server_becomes_this_notebooks_thread(page: OpenAIPage) -> None:
    """`%assistant use conv_…` reads what was said there, and the next question goes on in it."""
    said = [
        {
            "id": "u1",
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Six by 7?"}],
        },
        {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "42.", "annotations": []}],
        },
    ]
    page.server.conversations["conv_class"] = list(said)
    page.kernel.run("%assistant set model openai:gpt-6-luna")
    used = page.kernel.run("%assistant use conv_class")
    assert "continues Six by 7?" in used.text, used.text + used.error
    page.ask("And twice that?", Stream(70).text("84."), new=False)
    body = page.server.asked()[-1]
    assert body["conversation"] == "conv_class"
    assert body["input"] == [{"role": "user", "content": "And twice that?"}]
    again = page.ask("Go on.", Stream(71).text("Yes."), line=f"{ASK} -t conv_class", new=False)
    assert "Yes." in again.text, again.error
    assert page.server.asked()[-1]["conversation"] == "conv_class"
    assert len(page.server.conversations["conv_class"]) == 6
    threads = page.kernel.run("%assistant threads").text
    assert threads.count("Six by 7?") == 1, "the thread that was made before is continued"


def test_a_conversation_that_ends_with_a_question_is_answered_there(page: OpenAIPage) -> None:
    """What somebody put into a conversation without an answer is not copied into another one."""
    page.server.conversations["conv_open"] = [
        {"id": "u9", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Why 7?"}]}
    ]
    page.kernel.run("%assistant use conv_open")
    page.ask("In one word.", Stream(72).text("Prime."), new=False)
    assert page.server.asked()[-1]["conversation"] == "conv_open"


def test_a_conversation_that_somebody_else_goes_on_with_is_not_followed_blindly(page: OpenAIPage) -> None:
    """What others said there is not in our record: the thread goes on in a copy, and says how to take it over."""
    page.server.conversations["conv_shared"] = []
    page.kernel.run("%assistant use conv_shared")
    page.ask("Six by 7?", Stream(73).text("42."), new=False)
    theirs = {"role": "assistant", "content": [{"type": "output_text", "text": "Or 6·7.", "annotations": []}]}
    page.server.conversations["conv_shared"].append({"id": "m_theirs", "type": "message", **theirs})
    cell = page.ask("Again?", Stream(74).text("42 still."), new=False)
    assert "The conversation conv_shared went on without this thread" in cell.text
    assert page.server.asked()[-1]["conversation"] != "conv_shared"
    assert "went on" not in page.ask("And now?", Stream(75).text("Yes."), new=False).text
    page.kernel.run("%assistant use conv_shared")
    page.ask("So?", Stream(76).text("So it is."), new=False)
    assert page.server.asked()[-1]["conversation"] == "conv_shared"


def test_a_conversation_that_is_not_there_is_one_line(page: OpenAIPage) -> None:
    """An unknown conversation: what and what to do, and the notebook stays where it is."""
    cell = page.kernel.run("%assistant use conv_nowhere")
    assert "the conversation is not at" in cell.text + cell.error
    assert "Check its id" in cell.text + cell.error


def test_nothing_secret_reaches_the_disk(page: OpenAIPage) -> None:
    """The key is in no file below the user's home, the store included."""
    page.ask("Hello.", Stream(80).text("Hello."))
    key = b"sk-proj-conformance"
    files = [path for path in page.folder.rglob("*") if path.is_file()]
    assert any(path.suffix in {".db", ".sqlite"} for path in files), "the store is among them"
    assert not [path for path in files if key in path.read_bytes()]


@pytest.fixture
def uploads(page: OpenAIPage) -> Iterator[dict[str, bytes]]:
    """Files at the server by their id, as far as they were uploaded and not deleted."""
    kept: dict[str, bytes] = {}

    def create(asked: Request) -> Reply:
        file_id = f"file_{len(kept) + 1}"
        kept[file_id] = asked.raw
        return plain(about(file_id))

    def about(file_id: str) -> dict[str, object]:
        name = re.search(rb'filename="([^"]*)"', kept[file_id])
        return {
            "id": file_id,
            "object": "file",
            "bytes": 9,
            "created_at": 1,
            "filename": name[1].decode() if name else "",
            "purpose": "user_data",
        }

    def delete(asked: Request) -> Reply:
        file_id = asked.path.rpartition("/")[2]
        del kept[file_id]
        return plain({"id": file_id, "object": "file", "deleted": True})

    routes = {
        "POST /files": create,
        r"GET /files/file_\d+": lambda asked: plain(about(asked.path.rpartition("/")[2])),
        r"DELETE /files/file_\d+": delete,
    }
    page.server.routes.update(routes)
    yield kept
    for route in routes:
        del page.server.routes[route]


def test_files_tables_and_figures_go_along_once(page: OpenAIPage, uploads: dict[str, bytes]) -> None:
    """A file, a table and a figure by its variable are sent; again asked about, nothing is uploaded twice."""
    (page.folder / "data.csv").write_text("x,y\n1,2\n")
    page.kernel.run(
        "import pandas as pd, matplotlib.pyplot as plt\n"
        "marks = pd.DataFrame({'mark': [1, 2]})\nfigure = plt.figure()\nplt.close(figure)"
    )
    attach = f"--attach {page.folder / 'data.csv'} --attach marks --attach figure"
    page.ask("What is it?", Stream(90).text("Numbers."), line=f"{ASK} {attach}")
    [prompt] = [item for item in page.server.asked()[-1]["input"] if item.get("role") == "user"]
    assert [part["type"] for part in prompt["content"]] == [
        *("input_text", "input_file", "input_file", "input_image")
    ]
    page.ask("And again?", Stream(91).text("Yes."), line=f"{ASK} {attach}", new=False)
    assert len(uploads) == 2
    listed = page.kernel.run("%assistant files").text
    assert "data.csv" in listed
    assert "marks.csv" in listed
    assert "Deleted 2 things" in page.kernel.run("%assistant files clean").text
    assert not uploads


def test_nothing_is_sent_that_the_readme_does_not_list(page: OpenAIPage, uploads: dict[str, bytes]) -> None:
    """No folder, no machine and no person is named in any request; the headers are the listed ones."""
    del uploads
    (page.folder / "data.csv").write_text("x,y\n1,2\n")
    before = len(page.server.requests)
    page.ask("What is it?", Stream(95).text("Numbers."), line=f"{ASK} --attach {page.folder / 'data.csv'}")
    requests = page.server.requests[before:]
    named = [str(page.folder), socket.gethostname(), str(Path.home())]
    for request in requests:
        sent = f"{request.path} {request.query} {request.headers} {request.raw.decode(errors='replace')}"
        assert not [name for name in named if name in sent]
        headers = {name.lower() for name in request.headers}
        assert {h for h in headers if not h.startswith("x-stainless-")} <= {
            *("accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"),
            *("host", "transfer-encoding", "user-agent"),
        }
    body = page.server.asked()[-1]
    assert set(body) == {"model", "input", "conversation", "tools", "stream"}
