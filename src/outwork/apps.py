"""Outwork as a Django app."""

from django.apps import AppConfig


class OutworkConfig(AppConfig):
    name = "outwork"
    label = "outwork"
    verbose_name = "Outwork"
    default_auto_field = "django.db.models.BigAutoField"
