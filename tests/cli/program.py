"""The program run in this process: commands in, text or JSON out, the exit status asserted."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from outwork.cli.main import main


class Program:
    """`program("build", "show", "BO-0001")` gives the lines it prints; another status is asked for by `status=1`."""

    def __call__(self, *arguments: Any, status: int = 0) -> list[str]:
        """Run a command and give its output, line by line; errors too where it is refused."""
        result = self.run(*arguments)
        assert result.exit_code == status, result.output
        return (result.output if status else result.stdout).splitlines()

    def json(self, *arguments: Any, status: int = 0) -> Any:
        """Run a command with --json and give what it prints."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    def codes(self, *arguments: Any) -> list[str]:
        """The codes of a refusal."""
        return [reason["code"] for reason in self.json(*arguments, status=1)["refused"]]

    def run(self, *arguments: Any) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments])
