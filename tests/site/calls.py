"""Calls of the HTTP API in a few words."""

from __future__ import annotations

import itertools
import json
from typing import Any

from django.test import Client

from anju.foundation.accounts import actions
from anju.foundation.accounts.permissions import all_permissions, roles_with
from anju.kit.testing import count_queries  # noqa: F401 -- the tests of the API import it from here

_keys = itertools.count(1)


class Caller:
    """An application with a token that acts for ``owner`` in ``estates`` with all the owner's rights (or some)."""

    def __init__(self, owner: Any, estates: list[Any], rights: list[str] | None = None) -> None:
        roles = set(owner.memberships.values_list("role", flat=True))
        held = [right.code for right in all_permissions() if roles & roles_with(right.code)]
        self.token, secret = actions.create_token(
            name="收费系统", owner=owner, estates=estates, rights=held if rights is None else rights, by=None
        )
        self.client = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
        self.secret = secret
        self.base = f"/api/v1/estates/{estates[0].code}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self._address(path), query)

    def send(self, path: str, body: Any = None, *, key: str | None = "", method: str = "POST", **more: Any) -> Any:
        """``key`` empty: a fresh one; None: none at all."""
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Idempotency-Key"] = key or f"key-{next(_keys)}"
        data = "" if body is None else body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.generic(
            method, self._address(path), data, more.pop("content_type", "application/json"), headers=headers, **more
        )

    def _address(self, path: str) -> str:
        return path if path.startswith("/api/") else self.base + path


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem detail of a response, which must be whole."""
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json"), (
        response.status_code,
        response.content[:600],
    )
    told = response.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= told.keys()
    assert (told["status"], told["code"]) == (status, code), told
    return told
