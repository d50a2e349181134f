"""Let SQLite count the ids of every table from the start, so that taking ids is one statement for the first rows too."""

from django.db import migrations

_COUNT = """
    INSERT INTO sqlite_sequence (name, seq)
    SELECT name, 0 FROM sqlite_master
    WHERE type = 'table' AND name LIKE 'outwork\\_%' ESCAPE '\\' AND sql LIKE '%AUTOINCREMENT%'
        AND name NOT IN (SELECT name FROM sqlite_sequence)
"""


def count_every_table(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(_COUNT)


class Migration(migrations.Migration):
    dependencies = [("outwork", "0001_initial")]
    operations = [migrations.RunPython(count_every_table, migrations.RunPython.noop)]
