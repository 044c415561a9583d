from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "anju.site"
    label = "site"

    def ready(self) -> None:
        from anju.site import wiring  # models are there only now

        wiring.connect()
