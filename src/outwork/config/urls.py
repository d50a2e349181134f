"""Which address leads where."""

from django.urls import path

from outwork.web import home

urlpatterns = [
    path("", home.first_page, name="home"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("health/", home.health, name="health"),
]
