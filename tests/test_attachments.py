"""Files, figures and tables go along with a prompt."""

import base64

import pytest

from assistant_magic.attachments import attach
from assistant_magic.exceptions import UsageError
from assistant_magic.items import File, Image

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_file_goes_by_its_path(tmp_path):
    """Its kind is told by its name; its content stays where it is until a backend needs it."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")

    assert attach(str(path), {}) == File(name="data.csv", media_type="text/csv", path=str(path))


def test_a_picture_file_is_a_picture(tmp_path):
    """A model looks at it."""
    path = tmp_path / "dot.png"
    path.write_bytes(PNG)
    part = attach(str(path), {})

    assert part == Image(data=base64.b64encode(PNG).decode(), media_type="image/png", name="dot.png")


def test_a_variable_comes_before_a_file(tmp_path):
    """A path in a variable is followed; tables become CSV, figures pictures."""
    pd = pytest.importorskip("pandas")
    figure = pytest.importorskip("matplotlib.figure").Figure()
    path = tmp_path / "notes.txt"
    path.write_text("hi")
    names = {"df": pd.DataFrame({"a": [1]}), "fig": figure, "where": path}

    table, picture, file = (attach(name, names) for name in names)

    assert table.name == "df.csv"
    assert base64.b64decode(table.data).decode() == ",a\n0,1\n"
    assert isinstance(picture, Image)
    assert picture.name == "fig.png"
    assert file.name == "notes.txt"


@pytest.mark.parametrize(
    ("name", "said"), [("nowhere.csv", "No such file"), ("n", "is no file, figure or table")]
)
def test_what_cannot_go_along_is_said(name, said):
    """One line names it and says what to do."""
    with pytest.raises(UsageError, match=said) as caught:
        attach(name, {"n": 5})
    assert caught.value.cure
