"""Approval: the decision on a tool call before it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from assistant_magic import kernel
from assistant_magic.config import OFFLINE_MODEL
from assistant_magic.executors import PLACES
from assistant_magic.items import ToolCall
from assistant_magic.ledger import Ledger
from assistant_magic.risk import Finding, screen
from assistant_magic.tools import Decision, Tool

Policy = Literal["auto", "ask", "never", "risky"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person is asked about one tool call.

    Attributes:
        call_id: Joins the question to the call's card.
        tool: Name of the tool.
        code: What would run.
        place: Name of the executor.
        findings: Why it is asked; empty where every call is.
        editable: The person may change `code`.
    """

    call_id: str
    tool: str
    code: str
    place: str
    findings: tuple[Finding, ...] = ()
    editable: bool = True


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the person chose. `run` and `always` run `code` where it is given; `no` has a word for the model."""

    choice: Literal["run", "always", "no", "stop"]
    code: str = ""
    word: str = ""


class Asker(Protocol):
    """Asks the person: at the cell, in a chat, by buttons.

    `ask` is awaited on the loop of the runs. Cancelling it withdraws the question.
    """

    async def ask(self, question: Question) -> Reply | None:
        """The person's reply, or None where nobody can be asked; never waits for somebody who is not there."""
        ...


def policy_of(setting: str, model: str) -> Policy:
    """The policy behind the setting `approve`, for a model or backend by name."""
    if setting != "default":
        return cast("Policy", setting)
    # The tutor's code is ours; a language model's is not.
    return "auto" if model.partition(":")[0] == OFFLINE_MODEL.partition(":")[0] else "risky"


class PolicyApproval:
    """Decides by policy, and asks where the policy says so.

    `auto` runs every call, `never` refuses code, `ask` asks about all code, and `risky` reads it first and asks
    about what is more than computation (see `assistant_magic.risk`: a speed bump, not a wall). Functions that the
    user passed as tools always run: passing them was the decision.

    Args:
        policy: One of these.
        asker: Whom to ask; without one, what would be asked about is refused.
        ledger: What ran before, and what the user always allows.
        thread: Where "always" holds.
        place: Name of the executor; in `live`, code can touch the user's variables.
        refuge: Name of the executor where code runs that `risky` would ask about; `""` to ask.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        asker: Asker | None = None,
        ledger: Ledger | None = None,
        thread: str = "",
        place: str = "live",
        refuge: str = "",
    ) -> None:
        self.policy = policy
        self._asker = asker
        self._ledger = ledger or Ledger()
        self._thread = thread
        self._place = place
        self._refuge = refuge

    async def decide(self, call: ToolCall, tool: Tool, arguments: Mapping[str, Any]) -> Decision:
        """Whether the call may run, perhaps with other code.

        Raises:
            asyncio.CancelledError: The person stopped the run.
        """
        if tool.function is not None or self.policy == "auto":
            return Decision(arguments=arguments)
        if self.policy == "never":
            return _refused(arguments, f"the policy is `never`; {_CURE}")
        if (self._thread, tool.name) in self._ledger.always:
            return Decision(arguments=arguments)
        code, place = str(arguments["code"]), tool.executor or self._place
        findings = self._findings(code, place) if self.policy == "risky" else ()
        if self.policy == "risky" and not findings:
            return Decision(arguments=arguments)
        if findings and self._refuge and place == "live":
            note = (
                f"It ran in {PLACES[self._refuge]}, without the notebook's variables, because {findings[0]}"
            )
            return Decision(arguments=arguments, executor=self._refuge, note=note)
        question = Question(call_id=call.call_id, tool=tool.name, code=code, place=place, findings=findings)
        reply = await self._asker.ask(question) if self._asker is not None else None
        return self._decided(question, reply, arguments)

    async def permit(self, call: ToolCall) -> str:
        """Why a call that would run at the provider may not, or `""`.

        The provider asks because it was told to, so `risky` asks about each of them.

        Raises:
            asyncio.CancelledError: The person stopped the run.
        """
        if self.policy == "auto" or (self._thread, call.name) in self._ledger.always:
            return ""
        if self.policy == "never":
            return _refused({}, f"the policy is `never`; {_CURE}").refusal
        code = _readable(call.arguments)
        question = Question(call_id=call.call_id, tool=call.name, code=code, place="provider", editable=False)
        reply = await self._asker.ask(question) if self._asker is not None else None
        return self._decided(question, reply, {}).refusal

    def _decided(self, question: Question, reply: Reply | None, arguments: Mapping[str, Any]) -> Decision:
        if reply is None:
            why = "; ".join(map(str, question.findings[:5])) or f"the policy is `{self.policy}`"
            return _refused(arguments, f"{why}. Nobody can be asked here; {_CURE}")
        if reply.choice == "stop":
            raise asyncio.CancelledError
        if reply.choice == "no":
            return _refused(arguments, f"the user said no{': ' + reply.word if reply.word else ''}")
        if reply.choice == "always":
            self._ledger.always.add((self._thread, question.tool))
        if not reply.code or reply.code == question.code or not question.editable:
            return Decision(arguments=arguments)
        return Decision(
            arguments={**arguments, "code": reply.code},
            note=f"The user changed the code before it ran. This ran:\n{reply.code}",
        )

    def _findings(self, code: str, place: str) -> tuple[Finding, ...]:
        """What to ask about, read together with the code that ran there before."""
        names = self._ledger.users(kernel.namespace()) if place == "live" else {}
        return screen(code, names, earlier=self._ledger.earlier(place))


_CURE = (
    "`%assistant set approve auto` lets all code run, `ask` and `risky` ask where somebody is there, "
    "and `%assistant policy` shows what holds"
)


def _readable(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), ensure_ascii=False, indent=2)
    except ValueError:
        return arguments


def _refused(arguments: Mapping[str, Any], why: str) -> Decision:
    return Decision(arguments=arguments, refusal=f"not run: {why}")
