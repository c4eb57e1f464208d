"""The whole round of both parties, each in their own language and browser: she on a telephone in
Kazakh without JavaScript, the enterprise at a desk in Russian.

What the office does goes through its services; what the parties read is asked for in their words.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from cases.models import Authority, Case, CaseDocument, Request, Serving, TimeRequest
from cases.services import (
    authority,
    correspondence,
    deadlines,
    disclosing,
    members,
    registration,
    requests,
    withholding,
)
from desk import letters
from documents import sandbox
from documents.tasks import check_pending
from statements.services import hearing, writing
from tests import factories
from tests.browser.steps import act, fill, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

NAME = "Айгүл Серікқызы"
PHONE = "+77010000001"
TOLD = "Көктемнен бері өзеннен иіс шығады, мал қырылып жатыр."
WATER = "2 мамыр: аммиак нормадан жоғары."
LIST = "Жұмыстан шығарылғандар: Нұрлан мен Бақыт."
WHY_KEPT = "Тізімдегілер әлі сонда жұмыс істейді."
PRESSURE = "Түнде үйге екі адам келіп, арызды қайтарып ал деді."
ANSWER = "Ауылда екі құдық бар, екеуі де лас."
MORE_TIME = "Зертхана қорытындысы кешігіп жатыр."
HER_LETTER = "Картаны хатқа тіркедім."
HER_COMMENT = "Құдықтар туралы ештеңе айтылмаған."
HER_SECRETS = ("Айгүл", "Серікқызы", PHONE, LIST, "Нұрлан", WHY_KEPT, PRESSURE, ANSWER, MORE_TIME,
               HER_LETTER, HER_COMMENT, "тізім", "Кешке ғана")  # fmt: skip

COMPANY = "AltynTau Holding"
THEIR_ANSWER = "Очистные сооружения работают с марта, протоколы приложены."
PROTOCOL = "Протокол отбора проб: превышений нет."
THEIR_REPLY = "Второй цех остановлен с мая."
THEIR_LETTER = "Просим назвать время встречи."
THEIR_COMMENT = "Дата пуска цеха указана неверно."
THEIR_PROOF = "Выписка из реестра: директор Пётр Ким."
THEIR_SECRETS = (THEIR_REPLY, THEIR_LETTER, THEIR_COMMENT, THEIR_PROOF, "Пётр Ким", "protokol",
                 "Дана Юрист")  # fmt: skip

CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b")


def said(language, words, **values):
    """Return what the site says for these words in a language; it must be a translation."""
    with translation.override(language):
        text = gettext(words)
    assert text != words, (language, words)
    return text % values if values else text


def day(language, when, form="j E Y"):
    with translation.override(language):
        return date_format(when, form)


def document(case, title):
    """Return the newest document of a case with a title; titles are sealed."""
    rows = CaseDocument.objects.filter(case=case).order_by("-provided_at")
    return next(row for row in rows if title in row.title)


def file(name, text):
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


class Party:
    """One side at its browser, with the words that its pages use."""

    def __init__(self, person, language):
        self.person, self.page, self.language = person, person.page, language
        self.base = ""

    def reads(self, words, **values):
        text = self.page.locator("main").inner_text()
        wanted = said(self.language, words, **values)
        assert wanted in text, (self.page.url, wanted, text)

    def reads_plainly(self, *texts):
        shown = " ".join(self.page.locator("main").text_content().split())
        for text in texts:
            assert text in shown, (self.page.url, text, shown)

    def open(self, name=""):
        answer = self.page.goto(self.base + name)
        assert answer.status == 200, (name, answer.status)
        assert self.page.locator("html").get_attribute("lang") == self.language

    def act(self, where, /, **values):
        act(self.page, self.base + where, **values)

    def types_code(self, code):
        self.page.goto("/portal/")
        fill(self.page, code=code.lower().replace("-", " "))
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def signs_in(self, code):
        self.types_code(code)
        assert "sign-in" not in self.page.url
        assert code not in self.page.url

    def follow(self, words):
        self.page.get_by_role("link", name=said(self.language, words)).first.click()

    def download(self, link):
        with self.page.expect_download() as awaited:
            link.click()
        return awaited.value

    def everything_in_reach(self):
        """Return all that this side's pages, and what they lead to, hold: texts, files, headers."""
        asked, waiting, found = set(), ["/portal/", "/notices/", "/account/"], ""
        while waiting:
            address = waiting.pop()
            if address in asked:
                continue
            asked.add(address)
            answer = self.person.context.request.get(address)
            found += str(answer.headers) + answer.body().decode("utf-8", "replace")
            if "text/html" in answer.headers["content-type"]:
                links = re.findall(r'(?:href|action)="(/[^"#]*)', answer.text())
                waiting += [link for link in links if link.startswith(("/portal/", "/notices/"))]
        assert len(asked) > 15, asked
        return found


def test_both_parties_go_all_the_way_and_read_nothing_that_is_withheld(somebody, check, picture):
    officer = factories.person("officer", name="Гүлнар Өтегенова")
    she = Party(
        somebody(viewport={"width": 360, "height": 740}, locale="kk", java_script_enabled=False),
        "kk",
    )
    code = files(she)
    case = Case.objects.get()
    keeps_a_receipt_that_is_genuine(she, case, code)
    check_pending()
    enterprise_code = office_registers_and_writes(case, officer)

    she.base = f"/portal/case/{case.pk}/"
    she.signs_in(code)
    follows_her_case(she, case)
    company = Party(somebody(locale="ru"), "ru")
    company.base = she.base
    enters_by_letter_and_proof(company, case, enterprise_code, officer)
    names_contact_and_counsel(company, case, officer, somebody)
    both_are_asked_and_she_gets_more_time_for_both(she, company, case, officer)
    she_reports_pressure_and_asks_to_withhold(she, case, officer)
    answers_the_complaint_with_a_file(company, case)
    both_see_the_copies_before_they_are_served(she, company, case, officer)
    both_write_with_a_file(she, company, case, officer)
    both_comment_on_the_same_draft(she, company, case, officer)
    both_change_how_they_are_reached(she, company)
    for party, name in ((she, "kk"), (company, "ru")):
        party.open()
        picture(party.page, f"party-{name}")
        party.open("documents/")
        picture(party.page, f"party-documents-{name}")
    company.open()
    check(company.page)

    hidden_from(company, HER_SECRETS)
    hidden_from(she, THEIR_SECRETS)
    she_withdraws(she, company, case)
    hidden_from(company, HER_SECRETS)


def hidden_from(party, secrets):
    found = party.everything_in_reach()
    assert not [secret for secret in secrets if secret.casefold() in found.casefold()]


# She files


def onward(page):
    with page.expect_navigation():
        page.locator("button[name=go][value=next]").click()


def files(she):
    page = she.page
    page.goto("/submit/")
    assert page.locator("html").get_attribute("lang") == "kk", "the telephone speaks Kazakh"
    page.goto("/submit/privacy/")
    fill(page, accepted=True)
    send(page)
    page.goto("/submit/step/acting/")
    fill(page, acting="self")
    onward(page)
    fill(page, name=NAME, kind="individual", country="KZ", phone=PHONE)
    onward(page)
    onward(page)
    fill(page, name=COMPANY, kind="business", role="caused")
    onward(page)
    onward(page)
    fill(page, title="Өзен ластанды", description=TOLD, place="Ұлытау", started_2="2026",
         started_1="3", is_ongoing=True)  # fmt: skip
    onward(page)
    onward(page)
    page.goto("/submit/step/evidence/")
    fill(page, files=[file("су.txt", WATER), file("тізім.txt", LIST)])
    with page.expect_navigation():
        page.locator("button[value=upload]").click()
    water, names = page.locator("main fieldset.group").all()
    water.locator("input[name$=title]").fill("Су сынамасы")
    names.locator("input[name$=title]").fill("Адамдар")
    for audience in ("respondent", "public"):
        names.locator(f"input[value={audience}]").check()
    names.locator("[name$=reason]").fill(WHY_KEPT)
    onward(page)
    page.goto("/submit/step/disclosure/")
    for radio, value in (("mediator", "yes"), ("respondent", "no"), ("public", "no")):
        page.locator(f"main input[name$={radio}][value={value}]").check()
    page.locator("main textarea").fill(WHY_KEPT)
    onward(page)
    fill(page, reprisal_risk="yes", reprisal_details=PRESSURE, safe_contact="Кешке ғана")
    onward(page)
    assert page.locator("select[name=language]").input_value() == "kk"
    onward(page)
    sees_what_others_will_see(she)
    onward(page)
    code = page.locator(".access-code").inner_text()
    fill(page, code=code)
    send(page)
    fill(page, good_faith=True)
    send(page)
    return code


def sees_what_others_will_see(she):
    page = she.page
    for view in ("enterprise-view", "public-view"):
        assert view in page.url
        text = page.locator("main").inner_text()
        assert "Айгүл" not in text
        assert PHONE not in text
        she.reads("Complainant %(number)s", number=1)
        kept = page.locator("#files ~ ul").last.inner_text()
        assert "Адамдар" in kept
        assert (TOLD in text) is (view == "enterprise-view")
        assert ("2026 жылғы наурыз" in text) is (view == "enterprise-view")
        onward(page)
    assert "/check/" in page.url


def keeps_a_receipt_that_is_genuine(she, case, code):
    page = she.page
    she.reads("Your complaint has arrived")
    she.reads_plainly(case.receipt_id)
    receipt = she.download(page.locator("a[href$='receipt.pdf']"))
    assert receipt.suggested_filename == "receipt.pdf"
    with open(receipt.path(), "rb") as opened:
        content = opened.read()
    words = sandbox.text_of(content, mime="application/pdf")
    assert case.receipt_id in words
    for secret in (code, NAME, COMPANY, TOLD):
        assert secret not in words
        assert secret not in page.locator("main").inner_text()
    page.goto("/verify/")
    fill(page, receipt={"name": "r.pdf", "mimeType": "application/pdf", "buffer": content})
    send(page)
    she.reads("This receipt is genuine and unchanged")


# The office and the enterprise


def office_registers_and_writes(case, officer):
    """Register and tell; return the code as the enterprise reads it in its letter."""
    registration.acknowledge(case, by=officer)
    registration.register(case, by=officer)
    case.refresh_from_db()
    case.parties.filter(side="respondent").update(language="ru")
    [told] = registration.notify_respondents(case, by=officer)
    case.refresh_from_db()
    party = case.parties.get(side="respondent")
    letter = letters.as_pdf(letters.to_enterprise(case, party, told.code))
    words = sandbox.text_of(letter, mime="application/pdf")
    assert "/portal/sign-in/" in words
    for secret in HER_SECRETS:
        assert secret not in words
    return CODE.search(words)[0]


def follows_her_case(she, case):
    she.open()
    she.reads("Where it stands")
    she.reads_plainly(case.reference, NAME)
    she.open("complaint/")
    she.reads_plainly(NAME, TOLD)


def enters_by_letter_and_proof(company, case, code, officer):
    company.signs_in(code)
    assert "/portal/authority/" in company.page.url
    company.reads("Notice to your enterprise")
    company.reads_plainly(case.reference)
    for text in (COMPANY, TOLD, "Ұлытау"):
        assert text not in company.page.content()
    assert company.page.goto(company.base).status == 404
    company.page.goto("/portal/")
    fill(company.page, name="Пётр Ким", function="Директор", files=file("proof.txt", THEIR_PROOF))
    send(company.page)
    company.reads("Thank you. An officer checks who you are; then you read the complaint here.")
    authority.confirm(Authority.objects.get(), by=officer)
    company.open()
    company.reads_plainly(TOLD, said("ru", "Complainant %(number)s", number=1))


def names_contact_and_counsel(company, case, officer, somebody):
    codes = []
    for values in (
        {"name": "Мария Контакт", "kind": "member"},
        {"name": "Дана Юрист", "kind": "representative", "is_counsel": True,
         "mandate": "Доверенность № 5", "hides_name": True},
    ):  # fmt: skip
        company.act("people/", **values)
        codes.append(CODE.search(company.page.locator("main").inner_text())[0])
    contact = Party(somebody(locale="ru"), "ru")
    contact.base = company.base
    contact.signs_in(codes[0])
    contact.open()
    contact.reads_plainly(TOLD)
    contact.page.goto(contact.base + "people/")
    contact.reads("Only the main person of your side adds or withdraws people.")
    [row] = members.unconfirmed_counsel(case)
    new_code = members.confirm_counsel(row, check="Удостоверение адвоката", by=officer)
    counsel = Party(somebody(locale="ru"), "ru")
    counsel.base = company.base
    counsel.types_code(codes[1])
    counsel.reads("This code opens nothing. Compare it sign by sign with your note or letter.")
    counsel.signs_in(new_code)
    counsel.open()


# Windows, documents, messages, comments


def both_are_asked_and_she_gets_more_time_for_both(she, company, case, officer):
    due = deadlines.calendar().working_day_from(deadlines.today() + timedelta(days=14))
    requests.ask(case, sides=["complainant", "respondent"], text="Су туралы / О воде",
                 due_on=due, by=officer)  # fmt: skip
    for party in (she, company):
        party.open()
        party.reads("The office asks you for something")
        party.reads("by %(day)s", day=day(party.language, due))
    assert moment_of(she, "request.made") == moment_of(company, "request.made")
    later = due + timedelta(days=14)
    item = Request.objects.get(side="complainant").deadline_id
    she.act("more-time/", deadline=str(item), until=later.isoformat(), text=MORE_TIME)
    she.reads("Waits for the officer")
    asked = TimeRequest.objects.get()
    asked.deadline.case = case
    requests.grant(asked, until=later, reason="Зертхана кешікті / Задержка", by=officer)
    for party, text, sent in (
        (she, ANSWER, file("құдық.txt", "Құдық")),
        (company, THEIR_REPLY, file("protokol.txt", "Цех")),
    ):
        item = Request.objects.get(side="complainant" if party is she else "respondent")
        name = f"requests/{item.pk}/"
        party.open(name)
        party.reads("Please answer by %(day)s.", day=day(party.language, later))
        party.act(name, text=text, files=sent)
        party.reads("Your answer is with the office. It stands among your messages.")


def moment_of(party, kind):
    """Return the moments to the second at which a side's history says that something happened."""
    from cases.kinds import EventKind

    with translation.override(party.language):
        label = str(EventKind(kind).label)
    rows = party.page.locator("ol.timeline li").filter(has_text=label)
    assert rows.count(), (kind, label)
    return [row.locator("time").get_attribute("datetime") for row in rows.all()]


def she_reports_pressure_and_asks_to_withhold(she, case, officer):
    she.act("pressure/", text=PRESSURE)
    she.reads(
        "Your report is with the officer of your case, or with whoever stands in for them. "
        "Nobody else reads it."
    )
    she.act("documents/add/", title="Адамдар 2", files=file("тізім2.txt", LIST))
    check_pending()
    added = document(case, "Адамдар 2")
    she.act(f"documents/{added.pk}/withhold/", text=WHY_KEPT)
    she.reads("Asked to be withheld; not decided yet")
    for item in case.documents.filter(asked_to_withhold=True):
        withholding.decide_withholding(
            item, granted=True, ground="safety", reason="Қауіпсіздік", by=officer
        )
    she.open("documents/")
    she.reads("Decision: withheld")


def answers_the_complaint_with_a_file(company, case):
    company.open()
    due = case.deadlines.get(kind="response").due_on
    company.reads_plainly(day("ru", due))
    company.act("answer/", text=THEIR_ANSWER, files=file("Протокол проб.txt", PROTOCOL))
    company.reads("Your answer is sent. The office and the other side read it.")
    check_pending()
    assert case.deadlines.get(kind="response").met_on <= due


def both_see_the_copies_before_they_are_served(she, company, case, officer):
    given = {
        she: document(case, "Су сынамасы"),
        company: document(case, "Протокол"),
    }
    for party, item in given.items():
        disclosing.decide_audience(item, audience="parties", by=officer)
        name = f"documents/{item.pk}/copy/"
        party.open("documents/")
        party.reads("Look at the copy that will be shown")
        party.open(name)
        party.download(party.page.locator(f"a[href$='{name}file/']"))
        party.act(name, says="agree")
        party.reads("Your answer is on record.")
    for party, item, text in ((she, given[company], PROTOCOL), (company, given[she], WATER)):
        party.open("documents/")
        party.reads("Document %(number)s from the other side", number=1)
        link = party.page.locator(f"main a[href$='{item.pk}/']")
        got = party.download(link)
        assert got.suggested_filename.startswith("document-")
        with open(got.path(), encoding="utf-8") as opened:
            assert opened.read() == text
    for party in given:
        party.open("documents/")
        served = Serving.objects.get(case_document=given[party]).served_at
        party.reads_plainly(day(party.language, timezone.localtime(served), "j E Y, H:i"))
        party.reads("The other side")
    company.reads("A document of the other side was withheld.")
    assert "Адамдар" not in company.page.content()


def both_write_with_a_file(she, company, case, officer):
    for party, text in ((she, HER_LETTER), (company, THEIR_LETTER)):
        party.act("messages/", text=text, files=file("note.txt", text))
        party.reads("Your message is sent. The office reads it in your case.")
        party.reads_plainly(text)
        side = "complainant" if party is she else "respondent"
        correspondence.send_message(case, side=side, text=f"{side}: ok", by=officer)
        party.open()
        party.reads("Read the new message from the office")
        party.open("messages/")
        party.reads_plainly(f"{side}: ok")


def both_comment_on_the_same_draft(she, company, case, officer):
    scene = factories.Scene(case, None, officer, [factories.person("decision_maker")] * 1)
    scene.members = [factories.person("decision_maker") for _ in range(2)]
    scene.reload()
    factories.decide(scene)
    assert scene.case.state == "mediation"
    statement = writing.begin(scene.case, kind="initial_assessment", language="ru", by=officer)
    held = hearing.open_comments(statement, by=officer)
    for party in (she, company):
        party.open()
        party.reads("Both sides read the same draft and have the same time.")
    assert moment_of(she, "comments.opened") == moment_of(company, "comments.opened")
    for party, text in ((she, HER_COMMENT), (company, THEIR_COMMENT)):
        party.open("draft/")
        opened = day(party.language, timezone.localtime(held.opened_at), "j E Y, H:i")
        party.reads_plainly(opened, day(party.language, held.due_on))
        assert party.page.locator("article[lang=ru]").count() == 1
        assert "Айгүл" not in party.page.locator("article[lang=ru]").inner_text()
        party.act("draft/", says="comments", text=text)
        party.reads_plainly(text)


def both_change_how_they_are_reached(she, company):
    she.act("contact/", phone="+77010000002", safe_contact="Кешке ғана, хабарламамен")
    she.reads("Your contact details are saved. The office is told.")
    company.act("contact/", email="counsel@example.org")
    company.reads("Your contact details are saved. The office is told.")
    for language in ("ru", "kk"):
        she.act("language/", language=language)
        she.language = language
        she.reads("Your language is saved.")
        she.open()
        she.reads("Where it stands")


def she_withdraws(she, company, case):
    she.act("withdraw/", freely="yes", sure=True)
    she.reads("Your complaint is withdrawn.")
    case.refresh_from_db()
    assert case.outcome == "withdrawn"
    for party in (she, company):
        party.open()
        with translation.override(party.language):
            party.reads_plainly(case.get_outcome_display())
