"""Outwork: external manufacturing for hardware teams, as one Django app in layered packages."""

__version__ = "0.2.0"
