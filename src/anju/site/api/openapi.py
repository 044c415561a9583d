"""The description of the interface, completed by what holds for every operation."""

from __future__ import annotations

import json
from typing import Any

from anju.kit.api.once import HEADER, PATTERN, REPLAY
from anju.kit.api.problems import CONTENT_TYPE

_FAULT = {
    "type": "object",
    "required": ["detail", "code"],
    "properties": {
        "pointer": {"type": "string", "description": "The field of the body at fault, as a JSON pointer."},
        "in": {"type": "string", "enum": ["query", "header", "path", "cookie"]},
        "parameter": {"type": "string"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "A problem detail (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people, in the language asked for."},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "errors": {"type": "array", "items": _FAULT},
    },
}
_READ = {
    400: "The request cannot be read.",
    401: "No valid token.",
    403: "The token does not hold the right.",
    404: "Nothing here, or in an estate that the token does not see.",
    405: "Another method is needed.",
    409: "The state of things does not allow it.",
    422: "Values that are not acceptable, or a rule that refuses them.",
}
_WRITE = _READ | {
    413: "The request is too large.",
    415: "A body of another kind is needed.",
}
_ESTATE = {
    "in": "path",
    "name": "estate",
    "required": True,
    "description": "Code of the estate.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$"},
}
_KEY = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "A new random text for each new intention; repeat it to repeat a request safely.",
    "schema": {"type": "string", "pattern": PATTERN, "minLength": 1, "maxLength": 200},
}
_REPLAY = {
    REPLAY: {
        "description": "`true` when this is the kept answer to an earlier request.",
        "schema": {"type": "string"},
    }
}
NO_NUL = r"^[^\x00]*$"
METHODS = ("get", "post", "put", "patch", "delete")


def described(schema: Any) -> Any:
    """``schema`` with token, estate, idempotency key and problems at each operation."""
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["components"]["schemas"]["Problem"] = _PROBLEM
    schema["security"] = [{"token": []}]
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                _complete(path, method, item[method])
    _forget_defaults_of_changes(schema)
    _drop_unused(schema)
    _exclude_nul(schema["paths"])
    _exclude_nul([shape for shape in schema["components"]["schemas"].values() if "additionalProperties" in shape])
    return schema


def _forget_defaults_of_changes(schema: Any) -> None:
    """What a PATCH leaves out stays as it is: a program generated from a default would write the default instead."""
    for item in schema["paths"].values():
        for content in item.get("patch", {}).get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            for field in schema["components"]["schemas"][name]["properties"].values():
                field.pop("default", None)


def _exclude_nul(part: Any) -> None:
    """Say of every free text that goes in that it can't hold the character NUL."""
    if isinstance(part, list):
        for item in part:
            _exclude_nul(item)
    elif isinstance(part, dict):
        if part.get("type") == "string" and not part.keys() & {"pattern", "format", "enum", "const"}:
            part["pattern"] = NO_NUL
        for name, item in part.items():
            if name != "responses":
                _exclude_nul(item)


def _drop_unused(schema: Any) -> None:
    """Take out what only described parameters, which stand at their operations."""
    used = json.dumps(schema, default=str)
    schemas = schema["components"]["schemas"]
    schema["components"]["schemas"] = {
        name: details for name, details in schemas.items() if f'"#/components/schemas/{name}"' in used
    }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if "{estate}" in path:
        parameters.insert(0, _ESTATE)
    for parameter in parameters:
        if isinstance(parameter.get("examples"), list):  # copied by Ninja from the schema, where alone they are a list
            del parameter["examples"]
    statuses = _READ
    if method != "get":
        parameters.append(_KEY)
        statuses = _WRITE
        for response in operation["responses"].values():
            response["headers"] = _REPLAY
    for status, meaning in statuses.items():
        operation["responses"][status] = {
            "description": meaning,
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    rights = operation.get("x-permission", [])
    needed = "Needs " + ", ".join(f"`{right}`" for right in rights) + "." if rights else ""
    operation["description"] = "\n\n".join(part for part in (operation.get("description", ""), needed) if part)
