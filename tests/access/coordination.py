"""What stands between this office and other NCPs in the world of the access table."""

from __future__ import annotations

from typing import Any

from cases.services import (
    coordination,
    correspondence,
    deadlines,
    incoming,
    mails,
    passing,
    passing_consents,
    relations,
    sharing,
)
from documents.mails import read
from tests import factories

CASES = b'{"version": 1, "cases": [{}]}'
MAIL = b"From: Somebody <somebody@example.org>\nSubject: News\n\nThey came.\n"


def arguments(case: Any, people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the parameters of the pages of coordination, by route."""
    officer, administrator = people["officer"], people["administrator"]
    begun = coordination.begin(case, proposed_lead="KZ", reasons="Here.", by=officer)
    asked = coordination.invite(begun, country="DE", asked_to="support", by=officer)
    guest = sharing.add_guest("DE", people["guest"], by=administrator)
    share = sharing.share(case, country="DE", purpose="Ask.", by=officer)
    note = correspondence.add_document(
        case, factories.document(case), title="Note", side="", by=officer
    )
    given = sharing.release(share, note, by=officer)
    foreign = relations.add_foreign_case(case, country="FR", title="Theirs", by=officer)
    other = factories.case_in("initial_assessment", officer=officer).case
    link = relations.link(case, other, why="Same mine.", by=officer)
    consent = passing_consents.record_consent(
        case,
        country="DE",
        scope="material",
        side="complainant",
        how="By letter",
        given_on=deadlines.today(),
        by=officer,
    )
    package = passing.transfer(
        case, country="DE", why="Copy.", told="A copy went.", by=officer, ends_case=False
    )
    filed = mails.file_mail(case, read(MAIL), side="", by=officer, original=MAIL)
    waiting = {
        kind: incoming.keep(iter([content]), kind=kind, name="x.json", by=officer, limit=10_000).pk
        for kind, content in (("package", MAIL), ("mail", MAIL), ("open_cases", CASES))
    }
    items = {
        "ask_ncp": begun.pk,
        "conclude_coordination": begun.pk,
        "ncp_reply": asked.pk,
        "end_share": share.pk,
        "release": share.pk,
        "answer_ncp": share.pk,
        "end_release": given.pk,
        "unlink": link.pk,
        "remove_foreign": foreign.pk,
        "end_consent": consent.pk,
        "package": package.pk,
        "mail_original": filed.pk,
        "package_in": waiting["package"],
        "mail_in": waiting["mail"],
        "open_cases_in": waiting["open_cases"],
        "end_guest": guest.pk,
        "shared_document": given.pk,
    }
    return {f"desk:{name}": {"item": pk} for name, pk in items.items()} | {
        "desk:ncp": {"country": "de"}
    }
