"""Pages that are declared: a page says what it shows and takes, the kit behaves. ``docs/pages.md`` walks through one.

A module's console file declares a :class:`PageSet` per model (or single pages), its ``urls.py`` lists ``urls_for(…)``.
"""

from anju.kit.pages.base import SIGNED_IN, Crumb, Page, PageAction
from anju.kit.pages.columns import (
    AreaColumn,
    BadgeColumn,
    Column,
    DateColumn,
    LinkColumn,
    MaskedColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    Table,
    YesNoColumn,
)
from anju.kit.pages.details import DetailPage, Field, Related, Section
from anju.kit.pages.edits import ActionPage, CreatePage, DeletePage, EditPage, ObjectActionPage, ObjectPage
from anju.kit.pages.filters import (
    ChoiceFilter,
    DateFromToFilter,
    Filters,
    MultipleChoiceFilter,
    ObjectFilter,
    RangeFilter,
    TextFilter,
    YesNoFilter,
)
from anju.kit.pages.flows import FlowPage
from anju.kit.pages.forms import DateInput, LookupField, ModelActionForm, ScopedChoiceField
from anju.kit.pages.imports import ImportSet, SheetImporter
from anju.kit.pages.lists import BulkAction, ListPage
from anju.kit.pages.reveal import RevealPage
from anju.kit.pages.sets import PageSet, urls_for

__all__ = [
    "SIGNED_IN",
    "ActionPage",
    "AreaColumn",
    "BadgeColumn",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "CreatePage",
    "Crumb",
    "DateColumn",
    "DateFromToFilter",
    "DateInput",
    "DeletePage",
    "DetailPage",
    "EditPage",
    "Field",
    "Filters",
    "FlowPage",
    "ImportSet",
    "LinkColumn",
    "ListPage",
    "LookupField",
    "MaskedColumn",
    "ModelActionForm",
    "MomentColumn",
    "MoneyColumn",
    "MultipleChoiceFilter",
    "NumberColumn",
    "ObjectActionPage",
    "ObjectFilter",
    "ObjectPage",
    "Page",
    "PageAction",
    "PageSet",
    "RangeFilter",
    "Related",
    "RevealPage",
    "ScopedChoiceField",
    "Section",
    "SheetImporter",
    "Table",
    "TextFilter",
    "YesNoColumn",
    "YesNoFilter",
    "urls_for",
]
