"""What the events of a streamed response are about; unknown ones are about nothing."""

from __future__ import annotations

WORDS = {
    "response.output_text.delta": ("message", "content_index"),
    "response.refusal.delta": ("message", "content_index"),
    "response.reasoning_summary_text.delta": ("reasoning", "summary_index"),
    "response.reasoning_text.delta": ("reasoning", "content_index"),
    "response.function_call_arguments.delta": ("function_call", ""),
    "response.code_interpreter_call_code.delta": ("code_interpreter_call", ""),
    "response.mcp_call_arguments.delta": ("mcp_call", ""),
    "response.custom_tool_call_input.delta": ("custom_tool_call", ""),
    "response.shell_call_command.delta": ("shell_call", "command_index"),
}
"""What a delta belongs to: the type of its item, and the field that tells pieces of one item apart."""

WHOLE = {
    "response.output_text.done": ("message", "content_index", "text"),
    "response.refusal.done": ("message", "content_index", "refusal"),
    "response.reasoning_summary_text.done": ("reasoning", "summary_index", "text"),
    "response.function_call_arguments.done": ("function_call", "", "arguments"),
    "response.code_interpreter_call_code.done": ("code_interpreter_call", "", "code"),
    "response.mcp_call_arguments.done": ("mcp_call", "", "arguments"),
    "response.custom_tool_call_input.done": ("custom_tool_call", "", "input"),
}
"""The same for words in their finished form, and the field that they stand in."""

STATUS = {"in_progress", "searching", "interpreting", "generating", "completed", "failed"}
"""Last words of events that tell how far an item is."""

TERMINAL = {"completed", "incomplete", "failed", "cancelled", "done"}
"""Last words of events that end a response."""
