"""The pages for an address where nothing is, and for a fault."""

from django.test import Client
from django.urls import path

from outwork.config.urls import urlpatterns as standing


def breaking(request):
    """Do what nobody expected."""
    raise ZeroDivisionError


urlpatterns = [*standing, path("break/", breaking)]


def test_an_address_where_nothing_is_says_so() -> None:
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_a_fault_is_said_without_its_details(settings) -> None:
    settings.ROOT_URLCONF = __name__
    answer = Client(raise_request_exception=False).get("/break/")
    assert answer.status_code == 500
    assert "This is a fault of Outwork" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()
