"""A real browser against a real server. Without Chromium the tests are skipped with a plain
reason, never in CI."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

# Playwright keeps an event loop in this thread; the tests call the database from it on purpose.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests."""
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("CI must run the browser tests, and there is no Chromium")
        pytest.skip("no Chromium was found; set CHROMIUM to its path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _served(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.DEMONSTRATION = False
    settings.REQUIRE_SECOND_FACTOR = False
    settings.REQUIRE_AUTHORITY = True


class Person:
    """Somebody with a browser of their own, who stays on the site's own origin."""

    def __init__(self, browser: Browser, site: str, **options):
        self.site = site
        given = {"viewport": {"width": 1280, "height": 900}, "locale": "en", **options}
        self.context = browser.new_context(base_url=site, **given)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.foreign: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", self._note)
        self.page.on("console", self._heard)

    def _note(self, request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.foreign.append(request.url)

    def _heard(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)

    def open(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def press(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def follow(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("link", name=name, exact=exact).first.click()

    def reads(self, text: str) -> bool:
        return text in self.page.locator("main").inner_text()

    def sign_in(self, user) -> None:
        """Bring a signed-in session; signing in by hand is tested in its own place."""
        from django.test import Client

        client = Client()
        client.force_login(user, backend="accounts.backends.PasswordBackend")
        cookie = client.cookies["session"]
        self.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.site}])


@pytest.fixture
def somebody(browser, live_server):
    """Return a maker of persons, each with a browser context of their own."""
    made = []

    def make(**options) -> Person:
        person = Person(browser, live_server.url, **options)
        made.append(person)
        return person

    yield make
    for person in made:
        assert not person.foreign, person.foreign
        assert not person.faults, person.faults
        person.context.close()


@pytest.fixture(scope="session")
def axe():
    return Axe()


@pytest.fixture
def check(axe):
    """Return a check of a page: axe finds nothing serious, and nothing scrolls sideways at 320
    pixels. A page that was opened by its address and that nobody touched is drawn already; after
    anything else it waits until the browser asks for nothing more."""

    def run(page: Page, *, is_drawn: bool = False) -> None:
        if not is_drawn:
            page.wait_for_load_state("networkidle")
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe.axe_script)
        found = [
            (violation["id"], [node["html"][:120] for node in violation["nodes"][:2]])
            # What was found to be in order is not brought over: it takes longer than the search.
            for violation in page.evaluate(
                "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
            )
            if violation["impact"] in SERIOUS
        ]
        assert not found, (page.url, found)
        size = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(size)
        assert wide <= 320, (page.url, wide)

    return run


@pytest.fixture
def picture(request):
    """Return a maker of screenshots, kept where PICTURES names a folder."""
    folder = os.environ.get("PICTURES")

    def take(page: Page, name: str) -> None:
        if folder:
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
            page.set_viewport_size({"width": 1280, "height": 900})

    return take
