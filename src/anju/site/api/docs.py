"""The interface as a page: drawn on the server from its own description, without a script from anywhere."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from anju.site.api.openapi import METHODS

_CODE = re.compile(r"`([^`]+)`")


class Handbook(DocsBase):
    """Operations by subject, each with its rights, parameters, body, answers and an example call."""

    template_name = "site/api_docs.html"

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
        subjects: dict[str, list[dict[str, Any]]] = {}
        for path, item in schema["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    subjects.setdefault(operation["tags"][0], []).append(_shown(path, method, operation))
        definitions = sorted((name, _rows(details)) for name, details in schema["components"]["schemas"].items())
        context = {
            "info": schema["info"],
            "subjects": subjects.items(),
            "definitions": definitions,
            "schema_url": self.get_openapi_url(api, kwargs),
            "server": request.build_absolute_uri("/").rstrip("/"),
        }
        return render(request, self.template_name, context)


def _shown(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    media = next(iter(body), "")
    answers = [
        {"status": status, "meaning": answer["description"], "type": _answered(answer), "shape": _shape(answer)}
        for status, answer in sorted(operation["responses"].items())
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": _paragraphs(operation.get("description", "")),
        "rights": operation.get("x-permission", []),
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "required": parameter.get("required", False),
                "type": _type(parameter["schema"]),
                "description": parameter.get("description", ""),
            }
            for parameter in operation.get("parameters", [])
        ],
        "media": media,
        "body": _type(body[media]["schema"]) if media else "",
        "body_fields": _rows(body[media]["schema"]) if media and "properties" in body[media]["schema"] else [],
        "answers": answers,
        "is_write": method != "get",
    }


def _answered(answer: dict[str, Any]) -> str:
    content = answer.get("content", {})
    media = next(iter(content), "")
    return _type(content[media].get("schema", {})) or media if media else ""


def _shape(answer: dict[str, Any]) -> str:
    """The name of the shape that an answer has or is a list of."""
    for media in answer.get("content", {}).values():
        schema = media.get("schema", {})
        return str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]
    return ""


def _paragraphs(text: str) -> SafeString:
    """The words of a docstring; what stands between backticks is code."""
    parts = [_CODE.sub(r"<code>\1</code>", escape(part)) for part in text.split("\n\n") if part]
    return mark_safe("".join(f"<p>{part}</p>" for part in parts))  # noqa: S308 -- escaped above


def _rows(details: dict[str, Any]) -> list[dict[str, Any]]:
    required = details.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in details.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """A type in a few words; a named one as its name."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if parts := schema.get("anyOf"):
        return " | ".join(_type(part) for part in parts)
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if values := schema.get("enum"):
        return " | ".join(str(value) for value in values)
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("type", ""))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
