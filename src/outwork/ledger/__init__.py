"""The only door to stock: lock, post, reserve, verify and reverse, always for whole lists."""
