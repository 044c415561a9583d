"""What every template may use: the navigation and the frame's own addresses."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from anju.kit import navigation

LANGUAGE_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
"""Each language under its own name, so that a person who cannot read the present one finds theirs."""


def ui(request: HttpRequest) -> dict[str, Any]:
    """Lazy throughout: a fragment or a public page that shows none of it pays nothing."""
    access = getattr(request, "access", None)
    return {
        "nav": SimpleLazyObject(partial(navigation.build, request)),
        "here": getattr(access, "estate", None),
        "ui": {
            place: SimpleLazyObject(partial(navigation.address, place, request))
            for place in ("search", "estates", "jobs", "home", "account")
        },
        "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code, _ in settings.LANGUAGES],
    }
