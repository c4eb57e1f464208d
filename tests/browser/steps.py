"""What the people of the walk do with a page: fill a form by the names of its fields, and send
it."""

from __future__ import annotations

from typing import Any

PRIMARY = "main button.button:not(.button--secondary):visible"
ANY = "main button[type=submit]:visible"


def fill(page, **values: Any) -> None:
    """Fill fields by name: a radio or an option by its value, a checkbox by True, a file by
    its data."""
    for name, value in values.items():
        field = page.locator(f'main [name="{name}"]').first
        kind = field.evaluate("e => e.type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                own = "" if one is True else f'[value="{one}"]'
                page.locator(f'main [name="{name}"]{own}').first.check()
        elif kind.startswith("select"):
            field.select_option(value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)


def send(page, button: str = "") -> None:
    """Press the button of the page's form and refuse to go on where the page shows an error."""
    if button:
        page.get_by_role("button", name=button).first.click()
    else:
        primary = page.locator(PRIMARY)
        (primary if primary.count() else page.locator(ANY)).first.click()
    page.locator("form[data-busy]").wait_for(state="detached")  # a form with files takes its time
    errors = page.locator(".error-summary")
    if errors.count():
        raise AssertionError(f"{page.url}: {errors.first.inner_text()}")
    heading = page.locator("h1").first.inner_text()
    assert "went wrong" not in heading.lower(), (page.url, page.locator("main").inner_text())


def act(page, address: str, button: str = "", **values: Any) -> None:
    """Open a page, fill its form and send it."""
    answer = page.goto(address)
    assert answer.status == 200, (address, answer.status, page.locator("main").inner_text()[:400])
    fill(page, **values)
    send(page, button)
