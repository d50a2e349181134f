"""Refusal codes: one text each, there whichever part of the program is loaded."""

import importlib
import pkgutil

import outwork


def test_every_module_loads_beside_every_other():
    """A code that two modules declare is found only where both are loaded, as the web server does."""
    for layer in ("rules", "models", "queries", "ledger", "operations", "cli"):
        package = importlib.import_module(f"{outwork.__name__}.{layer}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
