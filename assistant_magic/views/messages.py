"""What a kernel and a page say to each other. `scripts/wire.py` makes the TypeScript types from these classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.events import RunStatus
from assistant_magic.items import Usage


@dataclass(frozen=True, kw_only=True)
class ToPage(Value):
    """Said by the kernel to every page. `number` counts them, so that a page notices that one is missing."""

    number: int = 0


class FromPage(Value):
    """Said by a page to the kernel."""


# ---- pieces


@dataclass(frozen=True, kw_only=True)
class Display(Value):
    """One display of a run: a MIME bundle and its place."""

    type: ClassVar[Literal["display"]] = "display"
    id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Attachment(Value):
    """A file or picture beside a prompt; `data` in base64, left out where it is long."""

    type: ClassVar[Literal["attachment"]] = "attachment"
    name: str
    media_type: str = ""
    data: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer(Value):
    """Something that can stand in the place of the last `replaces` characters before the cursor."""

    type: ClassVar[Literal["offer"]] = "offer"
    text: str
    about: str = ""
    replaces: int = 0


@dataclass(frozen=True, kw_only=True)
class Exchange(Value):
    """A prompt and what came of it. `versions` are the runs that answer at this place, oldest first."""

    type: ClassVar[Literal["exchange"]] = "exchange"
    run: str
    prompt: str
    attachments: tuple[Attachment, ...] = nested(default=())
    cell: str = ""
    status: RunStatus = "in_progress"
    displays: tuple[Display, ...] = nested(default=())
    versions: tuple[str, ...] = ()


# ---- from the kernel


@dataclass(frozen=True, kw_only=True)
class Welcome(ToPage):
    """The answer to `Hello`."""

    type: ClassVar[Literal["welcome"]] = "welcome"


@dataclass(frozen=True, kw_only=True)
class Called(ToPage):
    """Somebody left; who is still there says hello."""

    type: ClassVar[Literal["called"]] = "called"


@dataclass(frozen=True, kw_only=True)
class Transcript(ToPage):
    """The notebook's thread as it stands, for who follows it; `earlier` exchanges are left out.

    `running` is the run that goes on, `open` the tool calls that wait for a decision.
    """

    type: ClassVar[Literal["transcript"]] = "transcript"
    thread: str
    title: str = ""
    model: str = ""
    exchanges: tuple[Exchange, ...] = nested(default=())
    earlier: int = 0
    running: str = ""
    open: tuple[str, ...] = ()
    usage: Usage = nested(default=Usage())


@dataclass(frozen=True, kw_only=True)
class Began(ToPage):
    """A run began; its exchange stands behind that of the run `after`, and what stood there before is gone."""

    type: ClassVar[Literal["began"]] = "began"
    exchange: Exchange = nested()
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown(ToPage):
    """A display of a run is new or has changed."""

    type: ClassVar[Literal["shown"]] = "shown"
    run: str
    display: Display = nested()


@dataclass(frozen=True, kw_only=True)
class Grown(ToPage):
    """Words of a segment: keep the first `at` UTF-16 units and put `text` behind them.

    `seq` counts from 0; where one is missing, a page asks for all of it. `at` 0 is always all of it.
    """

    type: ClassVar[Literal["grown"]] = "grown"
    key: str
    seq: int
    at: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Ended(ToPage):
    """A run ended."""

    type: ClassVar[Literal["ended"]] = "ended"
    run: str
    status: RunStatus
    usage: Usage = nested(default=Usage())


@dataclass(frozen=True, kw_only=True)
class Asked(ToPage):
    """A person has to decide on a tool call; `cell` is the asking cell, if one asks.

    `place` is an executor's name, or `provider`; `code` may be changed where it is `editable`.
    """

    type: ClassVar[Literal["asked"]] = "asked"
    call_id: str
    tool: str
    code: str
    place: str
    cell: str = ""
    findings: tuple[str, ...] = ()
    editable: bool = True


@dataclass(frozen=True, kw_only=True)
class Settled(ToPage):
    """The question about a tool call is no longer open."""

    type: ClassVar[Literal["settled"]] = "settled"
    call_id: str


@dataclass(frozen=True, kw_only=True)
class Trouble(ToPage):
    """What was asked for cannot be done, in one line with its cure."""

    type: ClassVar[Literal["trouble"]] = "trouble"
    text: str


@dataclass(frozen=True, kw_only=True)
class Offered(ToPage):
    """What can stand where the cursor is, behind `text`."""

    type: ClassVar[Literal["offered"]] = "offered"
    text: str
    offers: tuple[Offer, ...] = nested(default=())


@dataclass(frozen=True, kw_only=True)
class Insert(ToPage):
    """Make each source a code cell, below the cell `cell` or, where it is not there, below the active one."""

    type: ClassVar[Literal["insert"]] = "insert"
    sources: tuple[str, ...]
    cell: str = ""


# ---- from a page


@dataclass(frozen=True, kw_only=True)
class Hello(FromPage):
    """A page listens; `hears_busy` when the kernel hears it while a cell runs."""

    type: ClassVar[Literal["hello"]] = "hello"
    hears_busy: bool = False


@dataclass(frozen=True, kw_only=True)
class Leave(FromPage):
    """A page no longer shows a chat below a cell."""

    type: ClassVar[Literal["leave"]] = "leave"


@dataclass(frozen=True, kw_only=True)
class Follow(FromPage):
    """A page shows the whole thread and wants to be kept up to date.

    `number` is that of the last message it heard: there is no answer when nothing was said since.
    """

    type: ClassVar[Literal["follow"]] = "follow"
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Resend(FromPage):
    """A page missed words of a segment."""

    type: ClassVar[Literal["resend"]] = "resend"
    key: str


@dataclass(frozen=True, kw_only=True)
class Ask(FromPage):
    """A prompt; `instead_of` names the run whose place it takes on a branch of its own."""

    type: ClassVar[Literal["ask"]] = "ask"
    text: str
    attachments: tuple[Attachment, ...] = nested(default=())
    instead_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Complete(FromPage):
    """Somebody writes; `text` is what stands before the cursor."""

    type: ClassVar[Literal["complete"]] = "complete"
    text: str


@dataclass(frozen=True, kw_only=True)
class Stop(FromPage):
    """End the run that goes on."""

    type: ClassVar[Literal["stop"]] = "stop"


@dataclass(frozen=True, kw_only=True)
class Switch(FromPage):
    """Continue on the branch that this run is on."""

    type: ClassVar[Literal["switch"]] = "switch"
    run: str


@dataclass(frozen=True, kw_only=True)
class Choice(FromPage):
    """The person's decision on a tool call; see `approval.Reply`."""

    type: ClassVar[Literal["choice"]] = "choice"
    call_id: str
    choice: Literal["run", "always", "no", "stop"]
    code: str = ""
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class NewThread(FromPage):
    """Start an empty thread in this notebook."""

    type: ClassVar[Literal["new_thread"]] = "new_thread"
