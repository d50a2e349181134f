"""The process dies in the middle of a receipt: afterwards all of it happened, or nothing did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.scenarios.receipt_process import UNITS

ROOT = Path(__file__).parents[2]
NOTHING, EVERYTHING = [0] * 5, [UNITS] * 4 + [1]
# Killed while these are executed; with the last one everything is written, and the commit comes next.
STATEMENTS = [
    'INSERT INTO "outwork_event"',
    'INSERT INTO "outwork_stockitem"',
    'INSERT INTO "outwork_movement"',
    'INSERT INTO "outwork_buildoutput"',
    'UPDATE "outwork_purchaseorder"',
]
AT_ONCE, A_LITTLE_LATER = [0.0], [0.001, 0.003, 0.01, 0.03]


@pytest.mark.parametrize("delays", [AT_ONCE, pytest.param(A_LITTLE_LATER, marks=pytest.mark.soak)])
def test_a_receipt_of_a_thousand_serials_is_killed(ready, delays):
    moments = [(statement, delay) for delay in delays for statement in STATEMENTS]
    orders = clerk(ready, "prepare", len(moments)).split()
    for order, (statement, delay) in zip(orders, moments, strict=True):
        kill_in_the_middle(ready, order, statement, delay)
        recount = ready.run("ledger", "verify")
        assert recount.returncode == 0, recount.stdout
        before, codes, after = json.loads(clerk(ready, "look", order))
        assert before in (NOTHING, EVERYTHING), (statement, delay)
        # PostgreSQL may be finishing the commit of a client that is dead; then it was received after all.
        assert codes == [] or (codes == ["wrong_state"] and after == EVERYTHING)
        assert (before, after) in ((NOTHING, EVERYTHING), (EVERYTHING, EVERYTHING))
        assert codes or before == NOTHING
    recount = ready.run("ledger", "verify")
    assert recount.returncode == 0, recount.stdout


def kill_in_the_middle(installation: Installation, order: str, statement: str, delay: float) -> None:
    """Let a process receive an order and kill it while it executes the statement, or so many seconds later."""
    process = start(installation, "receive", order)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        seen = []
        for line in process.stdout:
            seen.append(line)
            if line.startswith(statement):
                break
        else:
            raise AssertionError(f"never came to {statement}: {seen}")
        time.sleep(delay)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def clerk(installation: Installation, *arguments: object) -> str:
    """Let a process do a task to its end; gives what it printed."""
    process = start(installation, *arguments)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return output


def start(installation: Installation, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.scenarios.receipt_process", *map(str, arguments)],
        cwd=ROOT,
        env=installation.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
