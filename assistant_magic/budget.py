"""What a run, a thread and a day may cost, checked before each request."""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant_magic.config import Settings
from assistant_magic.items import Usage
from assistant_magic.stores import RunRecord, Store


@dataclass(frozen=True)
class Budget:
    """US dollars that may be spent; 0 is no limit.

    What a model costs is known from the provider's price list; a turn without a known price counts nothing.
    """

    run: float = 0
    thread: float = 0
    day: float = 0

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """The budget that these settings name."""
        return cls(settings.budget_run, settings.budget_thread, settings.budget_day)

    def unenforceable(self, model: str) -> str:
        """Why nothing will stop this model (`provider:model`) at a limit, or `""`."""
        from assistant_magic.backends.openai_prices import price

        provider, _, model_id = model.partition(":")
        known = provider == "offline" or (provider == "openai" and price(model_id, Usage()) is not None)
        if known or not (self.run or self.thread or self.day):
            return ""
        return f"the price of {model} is not known, so the budget does not stop it"

    def exceeded(self, used: Usage, run: str, thread: str, store: Store) -> str:
        """Which limit is reached, in words, or `""`.

        Args:
            used: What the run has used so far.
            run: Id of that run, whose record in the store is not up to date.
            thread: Id of its thread.
            store: Knows what other runs cost.
        """
        spent = used.cost or 0.0
        if self.run and spent >= self.run:
            return _said("this run", spent, self.run)
        if self.thread:
            total = spent + _sum(store.find(RunRecord, thread=thread), run)
            if total >= self.thread:
                return _said("this thread", total, self.thread)
        if self.day:
            today = [r for r in store.find(RunRecord) if r.created >= _midnight()]
            total = spent + _sum(today, run)
            if total >= self.day:
                return _said("today", total, self.day)
        return ""


def _sum(runs: list[RunRecord], besides: str) -> float:
    return sum(run.usage.cost or 0.0 for run in runs if run.id != besides)


def _midnight() -> float:
    now = time.localtime()
    return time.mktime((now.tm_year, now.tm_mon, now.tm_mday, 0, 0, 0, 0, 0, -1))


def _said(what: str, spent: float, limit: float) -> str:
    return f"the budget for {what} is used up: ${spent:.4f} of ${limit:g}; `%assistant set` can raise it"
