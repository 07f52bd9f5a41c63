"""Tortoise's migrations, without the work that an operation does not need.

Before each operation Tortoise draws every model that there is so far, and after a table was made it draws
all that is related to it once more. With as many tables as ours that is most of the time of a first start.
Here the state before an operation is drawn when the operation looks at it, which making a table never does;
and a table that is made is drawn alone, for nothing has been drawn yet that knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps

__all__ = ["Executor"]

_Models = dict[tuple[str, str], ModelState]


class Executor(MigrationExecutor):
    """Applies migrations, as its base does."""

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        state = await super()._project_state(applied, upto=upto)
        return _Growing(state.models, state.apps)


class _Growing(State):
    """What the operations so far have made."""

    def clone(self) -> State:
        return _Before({key: model.clone() for key, model in self.models.items()}, self.apps)

    def reload_models(self, model_tuples: Iterable[tuple[str, str]]) -> None:
        named = set(model_tuples)
        made = {(app, name) for app, name in named if name not in self.apps.apps.get(app, {})}
        if made and made <= self.models.keys():
            self._reload(made)
        else:
            super().reload_models(named)


class _Before(State):
    """A copy, whose models are drawn on demand."""

    def __init__(self, models: _Models, apps: StateApps) -> None:
        self.models = models
        self._like = apps

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        return self._like.clone(model_states=self.models)
