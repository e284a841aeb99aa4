"""LangChain's `E2BDataAnalysisTool`, on E2B's present SDK; without a key on an isolated kernel of this machine.

Name, argument and result are the old ones: `e2b_data_analysis`, `python_code`, and JSON with `stdout`, `stderr`
and the names of `artifacts`. The class in langchain-community cannot import any E2B of today.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import os
import warnings
from collections.abc import Callable, Coroutine, Mapping
from pathlib import PurePosixPath
from typing import IO, Any, TypeVar

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field, PrivateAttr

from assistant_magic import kernel
from assistant_magic.exceptions import ExecutorError
from assistant_magic.executors import Execution, Executor, make_executor
from assistant_magic.items import Output
from assistant_magic.streams import plain

_ABOUT = (
    "Evaluates python code in a sandbox environment that keeps its state between calls. Send pure python, not "
    "Markdown, and print what you want to see. Packages such as numpy, pandas and matplotlib can be imported; "
    "show a chart with plt.show()."
)
_PICTURES = {"image/png": "png", "image/jpeg": "jpeg", "image/svg+xml": "svg"}

T = TypeVar("T")


class UploadedFile(BaseModel):
    """A file in the sandbox, with the words that the model hears of it."""

    name: str
    remote_path: str
    description: str


class Artifact(BaseModel):
    """A picture that code drew."""

    name: str
    data: bytes

    def download(self) -> bytes:
        """Its bytes."""
        return self.data


class E2BArguments(BaseModel):
    """What the model sends."""

    python_code: str = Field(description="The python script to be evaluated, not in markdown format.")


class E2BDataAnalysisTool(BaseTool):
    """Runs Python for a model, in an E2B sandbox.

    Args:
        api_key: E2B's; by default the variable E2B_API_KEY. Without any, code runs in an isolated kernel here.
        cwd: Folder that code starts in.
        env_vars: Variables of the sandbox.
        on_stdout: Hears what code prints.
        on_stderr: Hears its errors.
        on_artifact: Gets each picture.
        on_exit: Gets 0 when code ended well, else 1.
        executor: Runs the code in place of either.
    """

    name: str = "e2b_data_analysis"
    description: str = _ABOUT
    args_schema: type[BaseModel] = E2BArguments
    executor: Any = Field(default=None, exclude=True)
    cwd: str | None = None
    on_stdout: Callable[[str], Any] | None = Field(default=None, exclude=True)
    on_stderr: Callable[[str], Any] | None = Field(default=None, exclude=True)
    on_artifact: Callable[[Artifact], Any] | None = Field(default=None, exclude=True)
    on_exit: Callable[[int], Any] | None = Field(default=None, exclude=True)
    _uploaded: list[UploadedFile] = PrivateAttr(default_factory=list)
    _started: bool = PrivateAttr(default=False)
    _drawn: int = PrivateAttr(default=0)

    def __init__(
        self, api_key: str | None = None, env_vars: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        if self.executor is None:
            self.executor = _executor(api_key or os.environ.get("E2B_API_KEY", ""), env_vars or {})

    def run_command(self, cmd: str) -> dict[str, Any]:
        """Run a shell command in the sandbox; gives `stdout`, `stderr` and `exit_code`."""
        return json.loads(self._wait(self._value(_COMMAND.format(command=cmd))))  # type: ignore[no-any-return]  # the dict of _COMMAND

    def install_python_packages(self, package_names: str | list[str]) -> None:
        """Install packages in the sandbox with pip.

        Raises:
            ExecutorError: pip failed; says with what.
        """
        names = [package_names] if isinstance(package_names, str) else package_names
        done = self.run_command(f"python -m pip install --quiet {' '.join(names)}")
        if done["exit_code"]:
            said = done["stderr"].strip().splitlines()
            raise ExecutorError(f"pip could not install {', '.join(names)}: {said[-1] if said else ''}")

    def upload_file(self, file: IO[Any], description: str) -> UploadedFile:
        """Copy an open file into the sandbox and tell the model of it."""
        data = file.read()
        name = PurePosixPath(str(file.name).replace("\\", "/")).name
        self._wait(self._put(name, data.encode() if isinstance(data, str) else data))
        uploaded = UploadedFile(name=name, remote_path=name, description=description)
        self._uploaded.append(uploaded)
        self._describe()
        return uploaded

    def download_file(self, remote_path: str) -> bytes:
        """The bytes of a file in the sandbox."""
        return self._wait(self._get(remote_path))

    def remove_uploaded_file(self, uploaded_file: UploadedFile) -> None:
        """Delete a file in the sandbox and forget it."""
        self._wait(self._value(f"__import__('os').remove({uploaded_file.remote_path!r})"))
        if hasattr(self.executor, "forget"):
            self.executor.forget(uploaded_file.remote_path)
        self._uploaded = [f for f in self._uploaded if f.remote_path != uploaded_file.remote_path]
        self._describe()

    @property
    def uploaded_files_description(self) -> str:
        """What the model hears of the files."""
        if not self._uploaded:
            return ""
        lines = [
            f"- path: `{file.remote_path}` \n description: `{file.description}`" for file in self._uploaded
        ]
        return "\n".join(["The following files available in the sandbox:", *lines])

    def close(self) -> None:
        """End the sandbox and everything in it."""
        self._uploaded.clear()
        self._describe()
        self._started = False
        self._wait(self.executor.stop())

    def as_tool(self, **_: Any) -> E2BDataAnalysisTool:  # type: ignore[override]  # the old name for what it is itself
        """This tool."""
        return self

    def _run(self, python_code: str, **_: Any) -> str:
        return self._wait(self._answer(python_code))

    async def _arun(self, python_code: str, **_: Any) -> str:
        return await asyncio.wrap_future(kernel.spawn(self._answer(python_code)))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return kernel.drive(work)

    async def _answer(self, code: str) -> str:
        execution = await self._execute(with_last_value_printed(code))
        stdout, stderr = _streams(execution)
        artifacts = [artifact for output in execution.outputs for artifact in self._artifacts(output)]
        for tell, words in ((self.on_stdout, stdout), (self.on_stderr, stderr)):
            if tell is not None and words:
                tell(words)
        if self.on_artifact is not None:
            for artifact in artifacts:
                self.on_artifact(artifact)
        if self.on_exit is not None:
            self.on_exit(0 if execution.ok else 1)
        names = [artifact.name for artifact in artifacts]
        return json.dumps({"stdout": stdout, "stderr": stderr, "artifacts": names})

    async def _execute(self, code: str) -> Execution:
        executor: Executor = self.executor
        if not self._started:
            await executor.start()
            self._started = True
            if self.cwd:
                await executor.execute(f"import os; os.chdir({self.cwd!r})", limit=60, on_output=_unheard)
        return await executor.execute(code, limit=300, on_output=_unheard)

    async def _value(self, expression: str) -> str:
        """What an expression prints.

        Raises:
            ExecutorError: It raised.
        """
        execution = await self._execute(f"print({expression})")
        stdout, stderr = _streams(execution)
        if not execution.ok:
            raise ExecutorError(f"the sandbox said: {stderr.strip().splitlines()[-1]}", "Look at the path.")
        return stdout

    async def _put(self, path: str, data: bytes) -> None:
        if hasattr(self.executor, "upload"):
            await self.executor.upload(path, data)
            return
        encoded = base64.b64encode(data).decode()
        await self._value(f"open({path!r}, 'wb').write(__import__('base64').b64decode({encoded!r}))")

    async def _get(self, path: str) -> bytes:
        if hasattr(self.executor, "download"):
            return bytes(await self.executor.download(path))
        size = int(await self._value(f"__import__('os').path.getsize({path!r})"))
        pieces = []
        for start in range(0, size, _PIECE):
            piece = f"(f.seek({start}), f.read({_PIECE}))[1] for f in [open({path!r}, 'rb')]"
            pieces.append(await self._value(f"__import__('base64').b64encode(next({piece})).decode()"))
        return b"".join(map(base64.b64decode, pieces))

    def _artifacts(self, output: Output) -> list[Artifact]:
        found = []
        for media_type, ending in _PICTURES.items():
            data = output.get("data", {}).get(media_type)
            if data:
                self._drawn += 1
                content = data.encode() if ending == "svg" else base64.b64decode(data)
                found.append(Artifact(name=f"artifact-{self._drawn}.{ending}", data=content))
                break
        return found

    def _describe(self) -> None:
        self.description = "\n".join(filter(None, [_ABOUT, self.uploaded_files_description]))


_PIECE = 600_000
_COMMAND = (
    "__import__('json').dumps((lambda p: dict(stdout=p.stdout, stderr=p.stderr, exit_code=p.returncode))"
    "(__import__('subprocess').run({command!r}, shell=True, capture_output=True, text=True)))"
)


def with_last_value_printed(code: str) -> str:
    """The code, its last expression printed, as a script does not show it by itself."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return code
    called = last.value.func if isinstance(last.value, ast.Call) else None
    if isinstance(called, ast.Name) and called.id == "print":
        return code
    if isinstance(called, ast.Attribute) and called.attr == "show":
        return code
    tree.body[-1] = ast.Expr(ast.Call(ast.Name("print", ast.Load()), [last.value], []))
    return ast.unparse(ast.fix_missing_locations(tree))


def _executor(api_key: str, env_vars: Mapping[str, str]) -> Executor:
    if api_key or os.environ.get("E2B_DEBUG"):
        from assistant_magic.executors.e2b import E2BExecutor

        return E2BExecutor(api_key=api_key, envs=env_vars)
    warnings.warn(
        "no E2B key: e2b_data_analysis runs in an isolated kernel on this machine. "
        "Pass api_key, or set E2B_API_KEY, for a sandbox in the cloud.",
        stacklevel=3,
    )
    return make_executor("isolated")


def _streams(execution: Execution) -> tuple[str, str]:
    """What was printed and what went wrong, as the old SDK told it: without the last line break."""
    stdout: list[str] = []
    stderr: list[str] = []
    for output in execution.outputs:
        if output["output_type"] == "stream":
            (stdout if output["name"] == "stdout" else stderr).append(output["text"])
        elif output["output_type"] == "error":
            stderr.append(plain("\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"))
        elif output["output_type"] == "execute_result" and "text/plain" in output["data"]:
            stdout.append(output["data"]["text/plain"])
    if execution.interrupted:
        stderr.append(f"interrupted: {execution.interrupted}")
    return "".join(stdout).rstrip("\n"), "\n".join(stderr).rstrip("\n")


def _unheard(_: Output) -> None: ...
