"""Public addresses of billing."""

from django.urls import path

from anju.domains.billing.public.views import verify

urlpatterns = [path("verify/<uuid:token>/", verify, name="verify")]
