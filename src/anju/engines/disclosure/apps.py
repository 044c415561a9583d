from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    name = "anju.engines.disclosure"
    label = "disclosure"
    verbose_name = _("Disclosure")

    def ready(self) -> None:
        from anju.engines.disclosure import permissions  # models are not loaded before this point
        from anju.kit import navigation

        navigation.section("disclosure", _("Publications"), icon="speakerphone", order=60)
        navigation.register(
            section="disclosure", label=_("Publications"), url_name="disclosure:publication_list",
            permission=permissions.VIEW, icon="speakerphone", order=20, key="p",
        )  # fmt: skip
