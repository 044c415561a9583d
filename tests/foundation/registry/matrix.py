"""What stands behind the register's addresses that the small world leaves empty, for the access matrix."""

from __future__ import annotations

from django.core.files.base import ContentFile

from anju.foundation.registry.imports.workbooks import template
from anju.foundation.registry.models import HomeApplication, ImportBatch, ManagementRoom, Phase


def _phase(world) -> int:
    return Phase.objects.create(estate=world.spring, code="I", name="一期").pk


def _room(world) -> int:
    return ManagementRoom.objects.create(estate=world.spring, purpose="company", name="用房", area=100).pk


def _application(world) -> int:
    fields = {"estate": world.spring, "user": world.stranger, "unit": world.shop, "name": "孙店主"}
    return HomeApplication.objects.create(**fields).pk


def _import(world) -> int:
    batch = ImportBatch(estate=world.spring, layout="register", name="a.xlsx", by=world.director)
    batch.file.save("a.xlsx", ContentFile(template()))
    return batch.pk


ROWS = {
    "registry:phase": _phase,
    "registry:room": _room,
    "registry:application": _application,
    "registry:import": _import,
}
MORE = {"registry:import_template": lambda world: {"layout": "register"}}
