"""What a process that a test starts has behind it: the product imported, Django set up. See tests/processes.py."""

import os

SOON = 2.0
"""Seconds of silence after which a worker of a test is taken for dead: nobody waits as long as an installation does."""

os.environ["ANJU_WORKER_DEAD_AFTER"] = str(SOON)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.site.settings")

from anju.site import start  # noqa: E402 -- reads the environment

with start.for_good():
    import django

    django.setup()
    from anju.kit.chinese import pinyin_of
    from anju.site import cli, worker  # noqa: F401

    pinyin_of("安居")  # reads its dictionary, which every import of a workbook wants
