"""One case from the web form to the public register, each person in a browser of their own.

The pages are walked as people walk them; axe looks at each on the way, and so does a 320 pixel
window. What the worker would do in the background is called between the steps.
"""

import re

import pytest
from django.urls import reverse

from cases.events import verify
from cases.models import Authority, Case
from cases.rules import load
from cases.services import deadlines
from documents.tasks import check_pending
from mediation.models import Referral
from tests import factories
from tests.browser.steps import act, fill, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

EVIDENCE = {"name": "water.txt", "mimeType": "text/plain", "buffer": "Проба воды: аммиак.".encode()}


def test_one_case_from_the_form_to_the_register(somebody, check, picture):
    people = cast()
    code = files_a_complaint(somebody(), check, picture)
    case = Case.objects.get()
    check_pending()

    complainant = somebody()
    signs_in_with(complainant, code, check)
    look(complainant.page, f"/portal/case/{case.pk}/", check, picture, "10-portal-received")
    assert complainant.reads("Received")

    officer = somebody()
    signs_in_with_password(officer, people["officer"], check)
    enterprise_code = officer_takes_it_in(officer.page, case, check, picture)

    enterprise = somebody()
    signs_in_with(enterprise, enterprise_code, check)
    proves_its_authority(enterprise.page, officer.page, case, check, picture)
    look(enterprise.page, f"/portal/case/{case.pk}/", check, picture, "20-enterprise")
    assert not enterprise.reads("Айгүл"), "a withheld name reached the enterprise"
    act(enterprise.page, f"/portal/case/{case.pk}/answer/", text="We look into it.")

    officer_assesses_and_proposes(officer.page, case, check, picture)
    for key in ("member", "other_member"):
        member = somebody()
        member.sign_in(people[key])
        votes(member.page, case, check, picture)
    assert current(case).state == "mediation"

    for person in (complainant, enterprise):
        address = f"/portal/case/{case.pk}/good-offices/"
        look(person.page, address, check, picture, "40-offer")
        act(person.page, address, accepts="yes")

    mediation(somebody, people, officer, case, complainant, enterprise, check, picture)
    concludes(officer.page, case, check, picture)
    writes_and_publishes(
        somebody, people, officer.page, case, complainant, enterprise, check, picture
    )
    reads_it(somebody(), check, picture)

    case = current(case)
    assert case.state == "closed"
    assert list(verify(case)) == []


def cast():
    """Make the people who work for the NCP and the mediation body."""
    from mediation import services
    from mediation.models import BodyRole, MediationBody

    made = {
        "officer": factories.person("officer", name="Гүлнар Өтегенова"),
        "member": factories.person("decision_maker", name="Ерлан Жұмабеков"),
        "other_member": factories.person("decision_maker", name="Anna Petrova"),
        "coordinator": factories.person("coordinator", name="Марат Ілиясов"),
        "mediator": factories.person("mediator", name="Асель Нұрланова"),
    }
    made["officer"].set_password("a long enough password")
    made["officer"].save()
    administrator = factories.person("administrator")
    body = services.save_body(
        MediationBody(name="International Bureau of Mediation", country="KZ"), by=administrator
    )
    for key in ("coordinator", "mediator"):
        services.add_member(body, made[key], role=BodyRole(key), by=administrator)
    return made


def current(case):
    return Case.objects.get(pk=case.pk)


def look(page, address, check, picture, name):
    answer = page.goto(address)
    assert answer.status == 200, (address, answer.status)
    check(page)
    picture(page, name)


def files_a_complaint(person, check, picture):
    """Fill in the form as a complainant would; return the access code."""
    page = person.open("/submit/")
    check(page)
    picture(page, "01-form")
    person.follow("Begin")
    check(page)
    fill(page, accepted=True)
    send(page)
    check(page)
    person.follow("Continue")
    picture(page, "02-first-step")
    fill(page, acting="self")
    send(page)
    check(page)
    fill(page, name="Айгүл Серікқызы", kind="individual", country="KZ")
    send(page)
    check(page)
    go_on(page)
    check(page)
    fill(page, name="AltynTau Holding", kind="business", country="KZ", role="caused")
    send(page)
    go_on(page)
    check(page)
    picture(page, "03-what-happened")
    fill(page, title="The river is polluted", country="KZ", started_2="2026", is_ongoing=True,
         description="Since March the water smells of chemicals and our cattle die.")  # fmt: skip
    send(page)
    go_on(page)
    assert "/provisions/" in page.url, page.url
    check(page)
    picture(page, "04-provisions")
    page.locator("main input[type=checkbox]").first.check()
    send(page)
    check(page)
    fill(page, files=EVIDENCE)
    with page.expect_navigation():
        send(page, "Add these files")
    check(page)
    picture(page, "05-evidence")
    if "/evidence/" in page.url:
        send(page, "Save and continue")
    check(page)
    fill(page, tried_before="We wrote to the director twice.")
    send(page)
    check(page)
    fill(page, wanted="Clean water.")
    send(page)
    go_on(page)
    if "/proceedings/" in page.url:
        page.goto("/submit/step/disclosure/")
    check(page)
    picture(page, "06-who-may-know")
    for radio in page.locator("main input[type=radio]").all():
        if re.search(r"no|hide|withhold", radio.get_attribute("value") or ""):
            radio.check()
    for reason in page.locator("main textarea").all():
        reason.fill("Two people were dismissed.")
    send(page)
    check(page)
    fill(page, reprisal_risk="yes", safe_contact="After six in the evening.")
    send(page)
    check(page)
    send(page)
    for view in ("enterprise-view", "public-view"):
        assert view in page.url, page.url
        check(page)
        picture(page, f"06-{view}")
        assert "Complainant 1" in page.locator("main").inner_text()
        send(page)
    assert "/check/" in page.url, page.url
    check(page)
    picture(page, "07-check")
    send(page)
    check(page)
    picture(page, "08-code")
    code = re.search(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b", page.locator("main").inner_text())[0]
    fill(page, code=code)
    send(page)
    check(page)
    fill(page, good_faith=True)
    send(page)
    check(page)
    picture(page, "09-receipt")
    assert code not in page.content(), "the receipt never shows the access code"
    return code


def go_on(page):
    """Leave a list of rows with what is there."""
    for name in ("Continue", "Save and continue", "Go on"):
        button = page.locator("main").get_by_role("button", name=name, exact=True)
        link = page.locator("main").get_by_role("link", name=name, exact=True)
        if page.locator("main [name=name], main [name=title], main textarea").count():
            return
        if button.count():
            button.first.click()
            return
        if link.count():
            link.first.click()
            return


def signs_in_with(person, code, check):
    page = person.open("/portal/sign-in/")
    check(page)
    fill(page, code=code.lower().replace("-", " "))
    send(page)
    assert "/portal/" in page.url and "sign-in" not in page.url
    assert code not in page.url


def signs_in_with_password(person, user, check):
    page = person.open(reverse("account_login"))
    check(page)
    fill(page, login=user.email, password="a long enough password")
    send(page)
    assert "/desk/" in page.url, page.url


def officer_takes_it_in(page, case, check, picture):
    look(page, "/desk/", check, picture, "11-worklist")
    base = f"/desk/cases/{case.pk}/"
    look(page, base, check, picture, "12-case")
    act(page, f"{base}acknowledge/")
    act(page, f"{base}register/")
    assert current(case).reference
    page.goto(f"{base}notify/")
    check(page)
    send(page)
    check(page)
    picture(page, "13-letter")
    return re.search(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b", page.locator("main").inner_text())[0]


def proves_its_authority(page, officers_page, case, check, picture):
    """Say who acts for the enterprise; before an officer confirms it only the notice is read."""
    assert "/portal/authority/" in page.url, page.url
    check(page)
    picture(page, "19-authority")
    assert "cattle" not in page.content()
    assert page.goto(f"/portal/case/{case.pk}/").status == 404
    page.goto("/portal/")
    fill(page, name="Ivan Director", function="Director", statement="Call our reception.")
    send(page)
    stated = Authority.objects.get()
    address = f"/desk/cases/{case.pk}/authority/{stated.pk}/"
    look(officers_page, address, check, picture, "19-authority-desk")
    fill(officers_page, decision="yes")
    send(officers_page)


def officer_assesses_and_proposes(page, case, check, picture):
    base = f"/desk/cases/{case.pk}/"
    look(page, f"{base}assess/", check, picture, "30-assess")
    page.goto(f"{base}assess/1/")
    check(page)
    picture(page, "31-criteria")
    count = len(load(current(case).rule_set).criteria)
    for group in page.locator("main input[type=radio][value=met]").all():
        group.check()
    reasons = page.locator("main textarea").all()
    assert len(reasons) >= count
    for reason in reasons:
        reason.fill("The documents and both sides say so.")
    send(page)
    page.goto(f"{base}propose/")
    check(page)
    picture(page, "32-propose")
    for radio in page.locator("main input[type=radio]").all():
        if radio.get_attribute("value") in ("yes", "True", "accept", "accepted"):
            radio.check()
    for reason in page.locator("main textarea[name^=reasons]").all():
        reason.fill("It is material and substantiated.")
    send(page)


def votes(page, case, check, picture):
    base = f"/desk/cases/{case.pk}/"
    look(page, base, check, picture, "33-member")
    act(page, f"{base}declare/", has_conflict="no")
    look(page, f"{base}vote/", check, picture, "34-vote")
    act(page, f"{base}vote/", ballot="for")


def mediation(somebody, people, officer, case, complainant, enterprise, check, picture):
    page = officer.page
    page.goto(f"/desk/cases/{case.pk}/refer/")
    check(page)
    page.locator("main [name=to]").first.check()
    for box in page.locator("main [name=issues]").all():
        box.check()
    send(page)
    referral = Referral.objects.get()

    coordinator = somebody()
    coordinator.sign_in(people["coordinator"])
    look(coordinator.page, "/mediation/", check, picture, "50-coordinator")
    look(coordinator.page, f"/mediation/referrals/{referral.pk}/", check, picture, "51-referral")
    assert not coordinator.reads("Айгүл")
    act(coordinator.page, f"/mediation/referrals/{referral.pk}/accept/")
    coordinator.page.goto(f"/mediation/referrals/{referral.pk}/appoint/")
    check(coordinator.page)
    value = str(people["mediator"].pk)
    fill(coordinator.page, mediator=value)
    send(coordinator.page)

    mediator = somebody()
    mediator.sign_in(people["mediator"])
    look(mediator.page, "/mediation/", check, picture, "52-mediator")
    base = f"/mediation/cases/{case.pk}/"
    act(mediator.page, f"{base}declare/", answer="no")
    look(mediator.page, base, check, picture, "53-room")
    for person in (complainant, enterprise):
        act(person.page, f"/portal/case/{case.pk}/mediator/", agrees="yes")
    act(mediator.page, f"{base}start/")
    mediator.page.goto(f"{base}session/")
    check(mediator.page)
    mediator.page.locator("main [name=kind]").first.check()
    fill(
        mediator.page,
        held_on=deadlines.today().isoformat(),
        for_complainant="Two villagers",
        for_respondent="The director",
        note="Filters by spring.",
    )
    send(mediator.page)
    mediator.page.goto(f"{base}outcome/")
    check(mediator.page)
    picture(mediator.page, "54-outcome")
    for radio in mediator.page.locator("main input[type=radio][value=agreement]").all():
        radio.check()
    for select in mediator.page.locator("main select").all():
        select.select_option("agreement")
    send(mediator.page)


def concludes(page, case, check, picture):
    page.goto(f"/desk/cases/{case.pk}/conclude/")
    check(page)
    picture(page, "60-conclude")
    page.locator("main input[name=outcome][value=agreement]").check()
    send(page)
    assert current(case).state == "final_statement"


def writes_and_publishes(somebody, people, page, case, complainant, enterprise, check, picture):
    look(page, f"/statements/{case.pk}/", check, picture, "61-workshop")
    for radio in page.locator("main input[type=radio]").all()[:1]:
        radio.check()
    send(page)
    statement = current(case).statements.get()
    base = f"/statements/text/{statement.pk}/"
    look(page, f"{base}edit/{statement.language}/", check, picture, "62-edit")
    assert "Айгүл" not in page.content(), "the first draft calls a withheld person by a pseudonym"
    act(page, f"{base}comments/open/")
    look(page, f"/statements/{case.pk}/", check, picture, "63-commenting")
    for person in (complainant, enterprise):
        address = f"/portal/case/{case.pk}/draft/"
        look(person.page, address, check, picture, "64-draft")
        person.page.locator("main [name=says]").last.check()
        send(person.page)
    page.goto(f"{base}comments/close/")
    check(page)
    for reason in page.locator("main textarea").all():
        reason.fill("Both sides have answered.")
    send(page)

    member = somebody()
    member.sign_in(people["member"])
    look(member.page, f"{base}sign-off/", check, picture, "65-sign-off")
    for box in member.page.locator("main input[type=checkbox]").all():
        box.check()
    send(member.page)
    look(page, f"{base}publish/", check, picture, "66-publish")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    send(page)


def reads_it(person, check, picture):
    look(person.page, "/register/", check, picture, "70-register")
    assert person.reads("AltynTau")
    assert "Айгүл" not in person.page.content()
    person.page.get_by_role("link", name=re.compile("AltynTau")).first.click()
    check(person.page)
    picture(person.page, "71-record")
    for language in ("ru", "kk"):
        person.page.goto(f"/language/{language}?next=/register/")
        check(person.page)
        picture(person.page, f"72-register-{language}")
    found = person.page.goto("/register/?q=AltynTau")
    assert found.status == 200
    assert person.reads("AltynTau")
