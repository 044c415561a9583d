"""``anju worker``"""

from __future__ import annotations

import click


@click.command()
@click.option("--until-idle", is_flag=True, help="Stop as soon as the queue is empty.")
@click.option("--concurrency", type=click.IntRange(1, 16), default=2, show_default=True, help="Jobs at the same time.")
def command(until_idle: bool, concurrency: int) -> None:
    """Run background jobs: bill runs, imports, letters, nightly audit. Takes over the jobs of workers that died."""
    from anju.site import worker

    worker.run(until_idle=until_idle, concurrency=concurrency)
