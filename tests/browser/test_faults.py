"""What a person sees at an address where nothing is, and when something broke."""

import pytest

from tests.browser.conftest import PHONE, Open
from tests.browser.test_home import BACKGROUND, CONTRAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_is_not_there_has_the_look_of_the_house(open_page: Open, scheme: str) -> None:
    page, response = open_page("/no-such-page/", scheme=scheme, expected=404)
    assert response.status == 404
    assert page.get_by_role("heading", name="There is no such page").is_visible()
    for selector in ("p", "main a", "h1"):
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector
    page.get_by_role("link", name="The first page").click()
    assert page.get_by_role("heading", name="Outwork").is_visible()


def test_it_is_light_and_dark_and_fits_a_phone(open_page: Open) -> None:
    (light, _), (dark, _) = (open_page("/no/", scheme=one, width=PHONE, expected=404) for one in ("light", "dark"))
    assert light.evaluate(BACKGROUND) != dark.evaluate(BACKGROUND)
    assert light.evaluate("document.documentElement.scrollWidth") <= PHONE
