from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "anju.foundation.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        from anju.foundation.registry import permissions  # models are not loaded before this point
        from anju.kit import navigation

        navigation.section("registry", _("Register"), icon="building-community", order=20)
        view, change = permissions.VIEW, permissions.CHANGE
        for order, (label, name, permission, icon, key) in enumerate(
            (
                (_("Unit board"), "board", view, "layout-grid", "b"),
                (_("Customers"), "party_list", view, "address-book", "c"),
                (_("Units"), "unit_list", view, "door", "u"),
                (_("Residents and tenants"), "occupancy_list", view, "users-group", ""),
                (_("Home applications"), "application_list", permissions.REVIEW, "home-question", ""),
                (_("Vehicles"), "vehicle_list", view, "car", "v"),
                (_("Parking spaces"), "space_list", view, "parking", ""),
                (_("Imports"), "import_list", permissions.IMPORT, "file-import", "i"),
            )
        ):
            navigation.register(
                section="registry", label=label, url_name=f"registry:{name}", permission=permission, icon=icon,
                order=order, key=key,
            )  # fmt: skip
        navigation.section("estate", _("Estate"), icon="map-2", order=80)
        for order, (label, name, permission, icon) in enumerate(
            (
                (_("Estate data"), "estate_detail", view, "building-community"),
                (_("Buildings"), "building_list", view, "building"),
                (_("Entrances"), "entrance_list", change, "door-enter"),
                (_("Phases"), "phase_list", change, "layers-subtract"),
                (_("Places"), "place_list", view, "map-pin"),
                (_("Car parks"), "car_park_list", view, "parking-circle"),
                (_("Parking zones"), "zone_list", view, "map"),
                (_("Management rooms"), "room_list", view, "building-skyscraper"),
            )
        ):
            navigation.register(
                section="estate",
                label=label,
                url_name=f"registry:{name}",
                permission=permission,
                icon=icon,
                order=order,
            )
