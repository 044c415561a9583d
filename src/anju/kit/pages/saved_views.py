"""Saved views: one person's name for a query and a choice of columns of a list. Its address can be shared with
anybody.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.models import SavedView
from anju.kit.pages.listing import Listing


def of(page: Listing) -> list[dict[str, Any]]:
    """The person's views of this list, with their addresses and which of them is open."""
    now = _comparable(page.narrowing(), page.columns)
    found = []
    for view in page.get_saved_views():
        query = QueryDict(view.query, mutable=True)
        if view.columns:
            query["cols"] = ",".join(view.columns)
        found.append({
            "id": view.pk,
            "name": view.name,
            "url": f"{page.request.path}?{query.urlencode()}",
            "open": _comparable(view.query, view.columns or page.columns) == now,
        })  # fmt: skip
    return found


def change(page: Listing) -> HttpResponse:
    """Save the present view under a name, or delete one of one's own."""
    back = HttpResponseRedirect(f"{page.request.path}?{page.parameters.urlencode()}")
    if page.request.POST.get("delete_view", "").isdecimal():
        delete_view(view=int(page.request.POST["delete_view"]), page=page.list_name, by=page.access.user)
        return back
    name = normalise(page.request.POST.get("save_view", "").replace("\0", ""))[:60]
    if not name:
        messages.error(page.request, _("Give the view a name; nothing was saved."))
        return back
    save_view(page=page.list_name, name=name, query=page.narrowing(), columns=page.columns, by=page.access.user)
    messages.success(page.request, _("The view “%(name)s” is saved.") % {"name": name})
    return back


@action
def save_view(*, page: str, name: str, query: str, columns: list[str], by: Any) -> SavedView:
    """Keep a view under ``name``, in place of an older one of that name."""
    parameters = QueryDict(query, mutable=True)
    parameters.pop("cols", None)
    view, _created = SavedView.objects.update_or_create(
        user=by, page=page, name=name, defaults={"query": parameters.urlencode()[:2000], "columns": columns}
    )
    return view


@action
def delete_view(*, view: int, page: str, by: Any) -> None:
    """Forget a view; somebody else's is left alone."""
    SavedView.objects.filter(pk=view, page=page, user=by).delete()


def _comparable(query: str, columns: list[str]) -> tuple[Any, ...]:
    parameters = QueryDict(query, mutable=True)
    parameters.pop("cols", None)
    return sorted(parameters.lists()), columns
