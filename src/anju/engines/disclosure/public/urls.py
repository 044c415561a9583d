"""Public addresses of publications."""

from django.urls import path

from anju.engines.disclosure.public import views

urlpatterns = [
    path("p/<uuid:token>/", views.publication, name="publication"),
    path("p/<uuid:token>/publication.pdf", views.publication_pdf, name="publication_pdf"),
]
