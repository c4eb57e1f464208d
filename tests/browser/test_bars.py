"""The bars of rooms on a telephone: one line each, so that the page begins on the first screen."""

import pytest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

VISIBLE = """link => {
    const bar = link.closest("nav").getBoundingClientRect(), here = link.getBoundingClientRect();
    return here.left >= bar.left - 1 && here.right <= bar.right + 1;
}"""


def test_a_bar_wider_than_the_screen_shows_the_room_in_which_somebody_is(somebody):
    """The last rooms stood behind the edge, and nothing said that they were there."""
    page = somebody(viewport={"width": 360, "height": 700}, locale="kk").open("/help/")
    bar = page.locator(".header nav").first
    page.wait_for_load_state("networkidle")
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
    assert bar.locator("[aria-current]").evaluate(VISIBLE)
    assert not bar.locator("a").first.evaluate(VISIBLE)
    assert bar.evaluate("bar => getComputedStyle(bar).backgroundImage").count("gradient") == 4
