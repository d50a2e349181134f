"""Races with real threads and real connections."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connections

LIMIT_SECONDS = 120


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each in its own thread; give what each returned or raised, in their order."""
    start = Barrier(len(calls))
    outcomes: list[Any] = [TimeoutError("still running")] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()  # connecting takes longer than many a race
            start.wait(LIMIT_SECONDS)
            outcomes[place] = call()
        except BaseException as error:  # the test looks at what was raised
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=one, daemon=True) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_SECONDS)
    return outcomes
