"""Operations of migrations that are done at once: the same result, with the models rendered once."""

from __future__ import annotations

from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from anju.kit.operations import AtOnce, at_once

KEY = [("id", models.BigAutoField(primary_key=True)), ("code", models.TextField())]


def create(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(name, KEY)


def index(name: str) -> migrations.AddIndex:
    return migrations.AddIndex("home", models.Index(fields=["code"], name=name))


def test_neighbours_are_gathered_and_keep_their_order() -> None:
    first, second, words, one, other = create("a"), create("b"), migrations.RunSQL("SELECT 1"), index("i"), index("j")
    created, ran, added, last = at_once([first, second, words, one, other, create("c")])
    assert isinstance(created, AtOnce)
    assert isinstance(added, AtOnce)
    assert (created.operations, ran, added.operations) == ([first, second], words, [one, other])
    assert isinstance(last, migrations.CreateModel)


def test_models_are_rendered_again_only_for_what_they_can_do() -> None:
    state = ProjectState()
    state.add_model(ModelState("estate", "Home", KEY))
    rendered = state.apps
    AtOnce([index("i"), index("j")]).state_forwards("estate", state)
    assert [found.name for found in state.models["estate", "home"].options["indexes"]] == ["i", "j"]
    assert state.apps is rendered
    AtOnce([create("Garage"), create("Garden")]).state_forwards("estate", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Home", "Garage", "Garden"}
