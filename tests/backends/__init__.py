"""Tests of backends; a package, so that its `conformance` is not mistaken for another protocol's."""

import pytest

pytest.register_assert_rewrite("backends.conformance", "backends.harness")
