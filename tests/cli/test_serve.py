"""Serving, from an empty data folder to the first answer."""

import json
import os
import signal
import urllib.request

from tests.installation import Installation, free_port, wait_for


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def test_it_works_from_an_empty_folder(installation: Installation) -> None:
    with installation.serve() as address:
        assert json.loads(get(f"{address}/health/"))["status"] == "ok"
        assert "Outwork" in get(f"{address}/")
        assert "--accent" in get(f"{address}/static/outwork/outwork.css")


def test_host_and_port_can_be_options(ready: Installation) -> None:
    port = free_port()
    process = ready.start("serve", "--host", "localhost", "--port", str(port))
    try:
        wait_for(f"http://localhost:{port}/health/", process)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert "Traceback" not in output


def test_a_server_told_to_stop_ends_in_peace(ready: Installation) -> None:
    port = free_port()
    process = ready.start("serve", PORT=str(port))
    wait_for(f"http://127.0.0.1:{port}/health/", process)
    process.send_signal(signal.SIGTERM)  # as an init system does: to the first process only
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert "Traceback" not in output


def test_a_port_in_use_is_said_in_one_line(ready: Installation) -> None:
    with ready.serve() as address:
        result = ready.run("serve", PORT=address.rpartition(":")[2])
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "in use" in result.stderr
