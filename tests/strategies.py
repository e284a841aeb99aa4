"""Hypothesis strategies for the values of this package."""

from hypothesis import strategies as st

from assistant_magic.events import ItemDone, Notice, RunDone, TextDelta, ToolDone, TurnDone
from assistant_magic.items import (
    Citation,
    Compaction,
    File,
    HostedToolCall,
    Image,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)

words = st.text(max_size=30)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | words,
    lambda inner: st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
data = st.dictionaries(words, plain, max_size=3)
parts = st.one_of(
    st.builds(Text, text=words),
    st.builds(Image, data=words, name=words),
    st.builds(File, name=words, path=words, provider_data=data),
)
contents = st.lists(parts, max_size=3).map(tuple)
citations = st.lists(
    st.builds(
        Citation, kind=st.sampled_from(["url", "file"]), title=words, start=st.none() | st.integers(0, 9)
    ),
    max_size=2,
).map(tuple)
outputs = st.lists(
    st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.just("stdout"), "text": words}),
    max_size=2,
).map(tuple)
usages = st.builds(Usage, input_tokens=st.integers(0, 99), cost=st.none() | st.floats(0, 1))
calls = st.builds(ToolCall, call_id=words, name=words, arguments=words, provider_data=data)
results = st.builds(
    ToolResult,
    call_id=words,
    name=words,
    status=st.sampled_from(["ok", "error", "refused", "interrupted"]),
    content=contents,
    outputs=outputs,
    seconds=st.none() | st.floats(0, 9),
)
items = st.one_of(
    st.builds(
        Message,
        role=st.sampled_from(["user", "assistant"]),
        content=contents,
        citations=citations,
        provider_data=data,
    ),
    st.builds(Reasoning, text=words, provider_data=data),
    calls,
    results,
    st.builds(HostedToolCall, call_id=words, name=words, input=words, outputs=outputs, citations=citations),
    st.builds(Compaction, text=words),
)
events = st.one_of(
    st.builds(TextDelta, part=words, text=words),
    st.builds(Notice, text=words),
    st.builds(ItemDone, part=words, item=items),
    st.builds(ToolDone, call=calls, result=results),
    st.builds(TurnDone, items=st.lists(items, max_size=3).map(tuple), usage=usages, state=data),
    st.builds(RunDone, run_id=words, status=st.sampled_from(["completed", "failed"]), usage=usages),
)
