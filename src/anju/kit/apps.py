from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KitConfig(AppConfig):
    name = "anju.kit"
    label = "kit"
    verbose_name = _("Common ground")

    def ready(self) -> None:
        from anju.kit.pages import export_jobs  # noqa: F401 -- declares its jobs; models are not loaded before this point
