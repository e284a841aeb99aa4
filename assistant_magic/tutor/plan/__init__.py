"""Planning: from a `Problem` to Python that answers it in the pupil's kernel."""

from __future__ import annotations

from assistant_magic.tutor.plan.programs import program

__all__ = ["program"]
