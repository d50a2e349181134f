"""A real Chromium in front of a really served Outwork."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.installation import Installation

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = 1280, 390
Open = Callable[..., tuple[Page, Response]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder as one that drives a browser."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_template: Installation) -> Iterator[str]:
    """The address of an Outwork that is served by its own program."""
    data = tmp_path_factory.mktemp("served") / "data"
    with Installation.made(data, template=migrated_template) as made, made.serve() as address:
        yield address


# Per module and not per session: while Playwright runs, Django refuses the database in this thread.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(served: str, chromium: Browser) -> Iterator[Open]:
    """Open a page: `page, response = open_page("/", scheme="dark", width=390)`.

    Whatever the pages complained about (errors on the console, scripts that failed, requests that failed, the policy
    violated) fails the test at its end.
    """
    complaints: list[str] = []
    contexts = []

    def open_(path: str, *, scheme: str = "light", width: int = WIDE, expected: int = 200) -> tuple[Page, Response]:
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 844})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said, expected) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
        response = page.goto(served + path, wait_until="networkidle")
        assert response is not None
        return page, response

    def is_complaint(said: ConsoleMessage, expected: int) -> bool:
        is_expected = expected != 200 and f"the server responded with a status of {expected}" in said.text
        return said.type in ("error", "warning") and not is_expected

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
