"""``anju bench``"""

from __future__ import annotations

import importlib
import json
import pkgutil

import click


def _benches() -> list[str]:
    from anju.site import bench

    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


class _Name(click.ParamType):
    """The name of a module of ``anju.site.bench``; looked up late, so that ``--help`` needs no database."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in _benches():
            self.fail(f"{value!r} is none of: {', '.join(_benches())}", param, ctx)
        return value


@click.command()
@click.argument("name", type=_Name())
@click.option(
    "--units", type=click.IntRange(1, 2_000_000), default=100_000, show_default=True, help="Size of the estate."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on one line.")
def command(name: str, units: int, as_json: bool) -> None:
    """Measure NAME (billing, pages) on an estate of its own and beside a bare minimum; everything is cleaned up."""
    result = importlib.import_module(f"anju.site.bench.{name}").run(units=units)
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        click.echo(f"  {key:<18} {value}")
