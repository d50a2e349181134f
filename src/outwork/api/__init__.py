"""The REST API. Nothing is written here."""
