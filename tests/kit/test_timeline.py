"""How recorded columns and values are told: in words, as the forms have them."""

from __future__ import annotations

import pytest
from django.utils import translation

from anju.foundation.registry.models import HomeApplication
from anju.kit.models import Job
from anju.kit.pages import timeline


@pytest.mark.parametrize(
    ("model", "column", "english", "chinese"),
    [
        (HomeApplication, "kind", "As", "身份"),
        (HomeApplication, "created_at", "Added", "添加时间"),
        (HomeApplication, "user_id", "User", "用户"),
        (Job, "finished_at", "Finished", "完成时间"),
        (HomeApplication, "nothing", "Nothing", "Nothing"),
    ],
)
def test_columns_have_names_that_people_know(model, column, english, chinese):
    with translation.override("en"):
        assert timeline.label(model, column) == english
    with translation.override("zh-hans"):
        assert timeline.label(model, column) == chinese


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("kind", "family", "家庭成员"),
        ("created_at", "2026-11-21T13:37:03.079137+00:00", "2026-11-21 21:37"),
        ("name", "叶长青", "叶*青"),
        ("message", "", "—"),
        ("unit_id", 175, "175"),
    ],
)
def test_values_are_told_in_words_and_personal_data_covered(column, value, told):
    with translation.override("zh-hans"):
        assert timeline.shown(HomeApplication, column, value, {"name": "name"}) == told
