"""Somebody who fills in the form in a browser without JavaScript."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

STEP = "/submit/step/{}/"


class Writer:
    """A browser with a draft; `pages` remembers nothing but what the server sent."""

    def __init__(self, client=None):
        self.client = client or Client(headers={"accept-language": "en"})

    def get(self, address):
        return self.client.get(address)

    def html(self, address):
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.content.decode()

    def post(self, address, **fields):
        return self.client.post(address, {name.replace("__", "-"): v for name, v in fields.items()})

    def answer(self, step, **fields):
        return self.post(STEP.format(step), **fields)

    def add(self, step, **fields):
        """Add a row to a list; returns the address of the row."""
        response = self.get(STEP.format(step))
        address = response.url if response.status_code == 302 else self.new_row(response)
        response = self.post(address, **fields)
        assert response.status_code == 302, errors(response)
        return address

    def new_row(self, response):
        html = response.content.decode()
        return re.search(r'class="button button--secondary" href="([^"]+)"', html).group(1)

    def begin(self):
        response = self.post("/submit/privacy/", accepted="on")
        assert response.url == "/submit/saved/"
        return self.draft_code()

    def draft_code(self):
        return shown_code(self.html("/submit/saved/"))

    def upload(self, *names, content=b"Dust on the table."):
        files = [SimpleUploadedFile(name, content) for name in names]
        return self.post(STEP.format("evidence"), files=files, go="upload")

    def decide(self, **choices):
        """Answer for everybody whose name may be shown."""
        html = self.html(STEP.format("disclosure"))
        fields = {}
        for person in dict.fromkeys(re.findall(r'name="([\w]+)-mediator"', html)):
            for audience in ("mediator", "respondent", "public"):
                fields[f"{person}-{audience}"] = choices.get(audience, "no")
            fields[f"{person}-reason"] = choices.get("reason", "")
        return self.client.post(STEP.format("disclosure"), fields)

    def fill(self):
        """Answer everything that is needed and a little more; returns the draft code."""
        code = self.begin()
        self.answer("acting", acting="self")
        self.add("complainants", name="Айгүл Сәрсенова", kind="individual", country="KZ")
        self.add(
            "enterprises", name="Steppe Mining LLP", kind="business", country="KZ", role="caused"
        )
        self.add(
            "issues",
            title="Dust from the quarry",
            description="Since spring the dust lies on our tables every morning.",
            place="Ulytau",
            started_1="3",
            started_2="2024",
            is_ongoing="on",
            is_approximate="on",
        )
        self.decide(reason="I work there.")
        self.answer("safety", reprisal_risk="yes", reprisal_details="Dismissal.")
        self.answer("contact", language="kk")
        return code

    def confirm_code(self):
        """Go from the check to the last page; returns the access code."""
        response = self.answer("check", go="next")
        assert response.url == STEP.format("code")
        code = shown_code(self.html(STEP.format("code")))
        response = self.answer("code", code=code)
        assert response.url == STEP.format("send")
        return code

    def send(self):
        return self.answer("send", good_faith="on")


def shown_code(html):
    return re.search(r'class="access-code">([^<]+)<', html).group(1)


def errors(response):
    html = response.content.decode()
    found = re.search(r'class="error-summary".*?</ul>', html, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(0)) if found else ""
