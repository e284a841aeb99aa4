"""The scripted chat models of our tests before langchain-tests' own suite: what they play is a real chat model."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel
from langchain_tests.unit_tests import ChatModelUnitTests

from backends.scripted_chat_model import BlockingChatModel, ScriptedChatModel, WholeChatModel


class Suite(ChatModelUnitTests):
    """A chat model that needs no parameters."""

    @property
    def chat_model_params(self) -> dict[str, object]:
        return {}


class TestScripted(Suite):
    """The one that streams on the loop."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ScriptedChatModel


class TestBlocking(Suite):
    """The one that knows no async."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return BlockingChatModel


class TestWhole(Suite):
    """The one that answers in one piece."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return WholeChatModel
