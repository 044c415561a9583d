"""What is said of a value at fault: where it stands, and in words of our own what is wrong with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anju.kit.api.problems import Fault, body_fault

_WHOLE_NUMBER = gettext_noop("A whole number is needed.")
_YES_OR_NO = gettext_noop("true or false is needed.")
_OBJECT = gettext_noop("An object is needed.")
_WORDS = {
    "missing": gettext_noop("This field is required."),
    "extra_forbidden": gettext_noop("There is no such field."),
    "string_type": gettext_noop("A text is needed."),
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "list_type": gettext_noop("A list is needed."),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "greater_than_equal": gettext_noop("The smallest value allowed is %(ge)s."),
    "less_than_equal": gettext_noop("The largest value allowed is %(le)s."),
    "string_too_short": gettext_noop("Too short: at least %(min_length)s characters."),
    "string_too_long": gettext_noop("Too long: at most %(max_length)s characters."),
    "too_short": gettext_noop("Too few: at least %(min_length)s."),
    "too_long": gettext_noop("Too many: at most %(max_length)s."),
    "literal_error": gettext_noop("One of these is needed: %(expected)s."),
}
"""Message ids by Pydantic's kind of error, with the facts that it gives; a fault told by our own types needs none."""


def fault_of(error: dict[str, Any]) -> Fault:
    """One of Pydantic's errors as a fault of a problem detail."""
    where, *path = [str(part) for part in error["loc"]]
    words = _WORDS.get(error["type"])
    facts = {name: str(value) for name, value in error.get("ctx", {}).items()}
    if "expected" in facts:  # "'let', 'vacant' or 'unsold'", in English
        facts["expected"] = facts["expected"].replace(" or ", ", ").replace("'", "")
    detail = _(words) % facts if words else str(error["msg"]).removeprefix("Value error, ")
    if where in ("body", "form", "file"):
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in path if part != "payload")
        return body_fault(pointer, detail, error["type"])
    return {"in": where, "parameter": path[-1] if path else "", "detail": detail, "code": error["type"]}
