"""The first page as a person sees it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, Open

# The contrast of an element's text with the page, by the formula of WCAG 2.
CONTRAST = """
(selector) => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
            .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const text = light(getComputedStyle(document.querySelector(selector)).color);
    const page = light(getComputedStyle(document.documentElement).backgroundColor);
    return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
}
"""
BACKGROUND = "() => getComputedStyle(document.documentElement).backgroundColor"


def test_it_loads_under_the_strict_policy(open_page: Open) -> None:
    page, response = open_page("/")
    assert response.status == 200
    assert response.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.title() == "Outwork"
    assert page.get_by_role("heading", name="Outwork").is_visible()
    assert page.evaluate("document.querySelector('.mark').naturalWidth") > 0


def test_the_health_link_leads_to_the_health_check(open_page: Open) -> None:
    page, _ = open_page("/")
    page.get_by_role("link", name="Health").click()
    assert '"ok"' in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_legible_in_light_and_dark(open_page: Open, scheme: str) -> None:
    page, _ = open_page("/", scheme=scheme)
    for selector in ("p", "footer", "footer a", "h1"):
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector


def test_light_and_dark_differ(open_page: Open) -> None:
    (light, _), (dark, _) = open_page("/", scheme="light"), open_page("/", scheme="dark")
    assert light.evaluate(BACKGROUND) != dark.evaluate(BACKGROUND)


def test_it_fits_a_phone(open_page: Open) -> None:
    page, _ = open_page("/", width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_policy_stops_what_stands_in_the_page(chromium: Browser, served: str) -> None:
    """The check itself: a script in the page is refused and reported, so its absence above means something."""
    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(served)
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in said)
    page.close()
