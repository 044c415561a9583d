"""``python -m anju.site.cli``: the same as ``anju``, for processes that start each other."""

from anju.site.cli import main

main()
