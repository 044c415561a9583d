"""Addresses of a resident's messages, included in the namespace ``my``."""

from django.urls import path

from anju.engines.messaging.resident.messages import MessagePage, MessagesPage

urlpatterns = [
    path("messages/", MessagesPage.as_view(), name="messages"),
    path("messages/<int:pk>/", MessagePage.as_view(), name="message"),
]
