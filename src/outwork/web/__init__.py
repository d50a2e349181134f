"""The pages: parse, one operation or one query, render or redirect. Nothing is written here."""
