"""The tests' own front end: what it says a person sees is what a kernel really sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notebook_kernel import NotebookKernel


@pytest.fixture
def plain(start_kernel: Callable[..., NotebookKernel]) -> NotebookKernel:
    return start_kernel(COLOUR="green")


def test_outputs_stand_in_their_order(plain: NotebookKernel) -> None:
    """Streams are merged, the last expression follows, and the environment is the one asked for."""
    cell = plain.run("import os\nprint(os.environ['COLOUR'])\nprint(2)\n3")
    assert [output["output_type"] for output in cell.outputs] == ["stream", "execute_result"]
    assert cell.text == "green\n2\n\n3"


def test_the_kernel_knows_the_cell(plain: NotebookKernel) -> None:
    """A cell id arrives in the kernel as a front end sends it."""
    code = "shell = get_ipython()\ngetattr(shell, 'get_parent', shell.kernel.get_parent)()['metadata'].get('cellId')"
    assert plain.run(code, cell_id="first").text == "'first'"
    assert plain.run(code).text == ""


def test_input_is_answered(plain: NotebookKernel) -> None:
    """What is asked can be read, and what is typed arrives."""
    cell = plain.run("input('Sure? ')", answers=["yes"])
    assert (cell.prompts, cell.text) == (["Sure? "], "'yes'")


def test_stop_ends_a_busy_cell(plain: NotebookKernel) -> None:
    """Stop reaches code that has already shown something."""
    cell = plain.start("print('on', flush=True)\nwhile True: pass")
    cell.until(lambda cell: "on" in cell.text)
    plain.interrupt()
    assert cell.finish().error.startswith("KeyboardInterrupt")


def test_updates_and_clearing_change_the_page(plain: NotebookKernel) -> None:
    """An update from a later cell changes the earlier one; clearing with wait happens at the next output."""
    first = plain.run("shown = display('a', display_id='one')")
    plain.run("shown.update('b')")
    assert first.text == "'b'"
    cleared = plain.run(
        "from IPython.display import clear_output\nprint('x'); clear_output(wait=True); print('y')"
    )
    assert cleared.text == "y\n"


def test_a_killed_kernel_is_followed_by_an_empty_one(plain: NotebookKernel) -> None:
    """After a crash the names are gone and cells run again."""
    plain.run("x = 1")
    plain.kill()
    assert plain.run("x").error.startswith("NameError")
