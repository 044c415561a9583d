"""What every module's ``api.py`` is written with::

    routes = Routes(tags=["Units"])

    @routes.read("/units", permission=permissions.VIEW, response=Page[UnitOut])
    def list_units(request: HttpRequest, filters: Query[UnitFilter]) -> Page[UnitOut]:
        \"\"\"Units of the estate.\"\"\"
        return page_of(request, selectors.units_of_estate(here(request)), filters, unit_out)

    @routes.write("/units", permission=permissions.CHANGE, response=UnitOut, status=201)
    def create_unit(request: HttpRequest, payload: UnitIn) -> Status[UnitOut]: ...

Rights, idempotency keys, paging, problem details and the description of the interface follow from the declaration.
"""

from anju.kit.api.fields import Choice, Day, Id, Input, Money, MoneyIn, Month, Number, NumberIn, Text
from anju.kit.api.flows import add_flow
from anju.kit.api.once import payment_key
from anju.kit.api.paging import Page, Paging, page_of
from anju.kit.api.problems import InvalidInput, problem
from anju.kit.api.routes import Routes, find, here

__all__ = [
    "Choice",
    "Day",
    "Id",
    "Input",
    "InvalidInput",
    "Money",
    "MoneyIn",
    "Month",
    "Number",
    "NumberIn",
    "Page",
    "Paging",
    "Routes",
    "Text",
    "add_flow",
    "find",
    "here",
    "page_of",
    "payment_key",
    "problem",
]
