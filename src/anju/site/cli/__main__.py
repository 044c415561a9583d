"""``python -m anju.site.cli``: the same as ``anju``, for processes that start each other."""

from anju.site.cli import main

if __name__ == "__main__":  # the server's processes import this module again under another name
    main()
