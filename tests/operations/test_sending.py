"""Sending a kit to a manufacturer."""

from tests.shop import Shop
from tests.stories import Stories


def test_what_lies_at_another_manufacturer_of_the_build_stays_there(shop: Shop) -> None:
    story = Stories(shop)
    build = story.outside("GADGET", {"R-10K": 1}, 10, units=5)
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part, "11.00")
    story.order_from(build, other, 5)
    story.take(build, shop.put("R-10K", 5, batch="A"), 5)
    story.send(build, days=1, manufacturer=build.manufacturer)
    story.take(build, shop.put("R-10K", 5, batch="B"), 5)
    story.send(build, days=2, manufacturer=other)
    shop.expect(f"""
        R-10K   batch A   Acme Assembly   5   for {build.reference}
        R-10K   batch B   Best Boards     5   for {build.reference}
    """)
    shop.recount()
