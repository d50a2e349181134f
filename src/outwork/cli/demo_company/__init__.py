"""The demo company, Moorlund Instruments: its catalogue as tables in data/, its year as a story of real operations."""
