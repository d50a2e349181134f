"""Which address leads where."""

from django.urls import path

from outwork.web import attachments, home

urlpatterns = [
    path("", home.first_page, name="home"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("health/", home.health, name="health"),
    path("attachments/<int:attachment>/", attachments.file, name="attachment"),
]
