"""Test cases to inherit: what every declared set of pages promises, and what every address of the console promises.

A module's tests say what is theirs (how to make rows, what to type into the form); the promises come from here. They
use the fixtures ``prepare``, ``client_as`` and ``plain_error_pages`` of the project's test cast.
"""

from __future__ import annotations

from anju.kit.testing.addresses import AccessMatrix, Address
from anju.kit.testing.page_sets import PageSetTests
from anju.kit.testing.queries import assert_same_queries, count_queries

__all__ = ["AccessMatrix", "Address", "PageSetTests", "assert_same_queries", "count_queries"]
