"""Our LangChain tools before the standard suites of langchain-tests."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from assistant_magic.e2b_tool import E2BDataAnalysisTool, with_last_value_printed
from assistant_magic.search_tool import DuckDuckGoSearchRun
from assistant_magic.testing import RecordingExecutor

CODE = "10 - 4 ** 2.7"


class Sandbox:
    """What both suites are given: the tool with code whose outcome is known."""

    tool_constructor = E2BDataAnalysisTool

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        """Arguments of a call."""
        return {"python_code": CODE}

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        """An executor that knows the code as the tool sends it."""
        return {"executor": RecordingExecutor({with_last_value_printed(CODE): "-32.22425314473263"})}


class TestUnit(Sandbox, ToolsUnitTests):
    """It is made, named and described as LangChain wants it."""


class TestIntegration(Sandbox, ToolsIntegrationTests):
    """It is called in all four ways, with a tool call and without, sync and async."""

    @pytest.fixture(autouse=True)
    def keyless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No key in the environment decides where the code runs."""
        monkeypatch.delenv("E2B_API_KEY", raising=False)


class Search:
    """What both suites are given: a search that needs no network."""

    tool_constructor = DuckDuckGoSearchRun

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        """Arguments of a call."""
        return {"query": "pi"}


class TestSearchUnit(Search, ToolsUnitTests):
    """It is made, named and described as LangChain wants it."""


class TestSearchIntegration(Search, ToolsIntegrationTests):
    """It is called in all four ways, with a tool call and without, sync and async."""

    @pytest.fixture(autouse=True)
    def found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the web has about it."""
        pytest.importorskip("ddgs", reason="the extra search is not installed")
        monkeypatch.setattr("ddgs.ddgs.DDGS.text", lambda *_, **__: [{"body": "3.14159"}])
