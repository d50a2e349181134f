"""The `outwork` program: one file per noun, listed in main.py."""
