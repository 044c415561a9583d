"""What anybody may open without signing in: publications and the check of a receipt."""

from django.urls import include, path

app_name = "public"
urlpatterns = [
    path("", include("anju.engines.disclosure.public.urls")),
    path("", include("anju.domains.billing.public.urls")),
]
