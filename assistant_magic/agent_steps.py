"""What an assistant in agent mode returns, for installations without langchain-classic.

The same fields as the classes of the same names there; see `assistants_api.agent_types`.
"""

from __future__ import annotations

from langchain_core.agents import AgentAction, AgentFinish


class OpenAIAssistantAction(AgentAction):
    """A tool call for the caller to run, with what is needed to hand in its result."""

    tool_call_id: str
    run_id: str
    thread_id: str

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """False: it means nothing outside its thread."""
        return False


class OpenAIAssistantFinish(AgentFinish):
    """The answer, with the run and the thread it belongs to."""

    run_id: str
    thread_id: str

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """False: it means nothing outside its thread."""
        return False
