"""Approval: the decision on a tool call before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from assistant_magic.items import ToolCall
from assistant_magic.tools import Tool

Policy = Literal["auto", "never"]


class PolicyApproval:
    """Decides by a fixed policy: `auto` runs every call, `never` refuses calls that run code.

    Functions that the user passed as tools always run: passing them was the decision.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    async def decide(self, call: ToolCall, tool: Tool, arguments: Mapping[str, Any]) -> str:  # noqa: ARG002
        """`""` when the call may run, else why not."""
        if self.policy == "auto" or tool.function is not None:
            return ""
        return "not run: code of a language model needs permission; `%assistant set approve auto` gives it"
