"""Keep the demo company of a release for the upgrade test: `python scripts/keep_release.py 0.2.0 DATA_FOLDER`.

DATA_FOLDER is what `outwork demo --no-serve` of that very release made in an empty folder, on SQLite.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "releases"
LIMIT = 400_000


def keep(version: str, data: Path) -> Path:
    """Write the database as packed SQL; the same database gives the same file."""
    file = data / "outwork.sqlite3"
    if not file.is_file():
        sys.exit(f"there is no {file}")
    with closing(sqlite3.connect(file)) as database:
        text = "\n".join(database.iterdump()) + "\n"
    packed = gzip.compress(text.encode(), 9, mtime=0)
    if len(packed) > LIMIT:
        sys.exit(f"{len(packed)} bytes are too many to keep; make a smaller story with that release")
    kept = FOLDER / f"{version}.sql.gz"
    kept.write_bytes(packed)
    return kept


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(keep(sys.argv[1], Path(sys.argv[2])))
