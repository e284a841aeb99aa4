"""Planning: from a `Problem` to Python that answers it in the pupil's kernel, and to Python that checks an attempt."""

from __future__ import annotations

from assistant_magic.tutor.plan.checks import check_program
from assistant_magic.tutor.plan.limits import too_large
from assistant_magic.tutor.plan.programs import program

__all__ = ["check_program", "program", "too_large"]
