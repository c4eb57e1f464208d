"""Test data made by the services that people use, so that no test starts from an impossible row.

`case_in(state)` drives a case through the procedure; the returned `Scene` names everybody in it.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts import services as people
from accounts.models import RoleAssignment, User
from accounts.roles import Role
from cases import rules
from cases.models import Case
from cases.models.party import Side
from cases.payload import (
    ComplainantData,
    IssueData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)
from cases.services import (
    assessment,
    conflicts,
    deadlines,
    ending,
    filing,
    good_offices,
    registration,
)
from cases.workflow import State
from sealing.models import DataKey

_numbers = itertools.count(1)

WITHHELD = Shown(mediator=False, respondent=False, public=False, reason="They lost their jobs.")


def in_days(days: int) -> date:
    """Return the day of the NCP's calendar so many days from today."""
    return deadlines.today() + timedelta(days=days)


def working_day_in(days: int) -> date:
    """Return the first day of work from that day on."""
    return deadlines.calendar().working_day_from(in_days(days))


def person(*roles: str, name: str = "", **fields: Any) -> User:
    """Make somebody who works for or with the NCP, with a password nobody types."""
    number = next(_numbers)
    user = User.objects.create_user(
        email=f"person{number}@example.org",
        name=name or f"{roles[0].replace('_', ' ').title() if roles else 'Person'} {number}",
        **fields,
    )
    for role in roles:
        until = timezone.now() + timedelta(days=30) if role == Role.AUDITOR else None
        RoleAssignment.objects.create(user=user, role=Role(role), until=until)
    return user


def submission(**changes: Any) -> SubmissionData:
    """Return a complete submission; anything can be changed."""
    data = SubmissionData(
        complainants=(
            ComplainantData("Айгүл Серікқызы", "individual", "KZ", "aigul@example.org",
            "+77010000001"),
        ),
        respondents=(RespondentData("AltynTau Holding", country="KZ", role="caused"),),
        issues=(
            IssueData(
                "The river is polluted",
                "Since spring the water of the Ulytau smells of chemicals and our cattle die.",
                place="Ulytau",
                country="KZ",
                started="2026-03",
                is_ongoing=True,
                citations=("VI.1", "IV.3"),
            ),
            IssueData("Wages were not paid", "Forty workers wait for three months of wages.",
                      citations=("V.1.a",)),
        ),
        tried_before="We wrote to the director twice.",
        wanted="Clean water and our wages.",
        language="ru",
        privacy_notice_version="1",
    )  # fmt: skip
    return replace(data, **changes)


def withheld(data: SubmissionData | None = None) -> SubmissionData:
    """Return a submission whose complainant asks to be withheld from everybody but the officers."""
    data = data or submission()
    return replace(
        data, complainants=tuple(replace(item, shown=WITHHELD) for item in data.complainants)
    )


def represented(data: SubmissionData | None = None, *, principals: int = 3) -> SubmissionData:
    """Return a submission filed by a representative for several people."""
    return replace(
        data or submission(),
        representative=RepresentativeData(
            "Әділет foundation",
            email="adilet@example.org",
            mandate="Powers of attorney",
            principals=tuple(f"Principal {number}" for number in range(1, principals + 1)),
        ),
    )


def filed_case(data: SubmissionData | None = None, *, complainant: User | None = None) -> Case:
    """File a submission and return its case."""
    return filing.file_submission(
        data or submission(),
        filed_by=complainant or people.party_user(language="ru"),
        data_key=DataKey.generate(),
        idempotency_key=uuid.uuid4(),
    ).case


@dataclass
class Scene:
    """A case and the people in it."""

    case: Case
    complainant: User
    officer: User
    members: list[User] = field(default_factory=list)
    enterprise: User | None = None
    enterprise_code: str = ""

    def reload(self) -> Case:
        """Return the case as it is now."""
        self.case = Case.objects.get(pk=self.case.pk)
        return self.case


def answer_everything(case: Case, *, by: User) -> None:
    """Answer every criterion for every issue."""
    criteria = rules.load(case.rule_set).criteria
    for issue in case.issues.all():
        assessment.answer_criteria(
            issue,
            {
                criterion.code: assessment.Answer("met", f"Because of {criterion.code}.")
                for criterion in criteria
            },
            by=by,
        )


def decide(scene: Scene, *, accept: bool = True) -> None:
    """Propose to accept (or decline) every issue and let the members vote for it."""
    answer_everything(scene.case, by=scene.officer)
    decision = assessment.propose_decision(
        scene.case,
        {
            issue.pk: assessment.OnIssue(accept, "It is material and substantiated.")
            for issue in scene.case.issues.all()
        },
        by=scene.officer,
    )
    for member in scene.members:
        conflicts.declare(scene.case, by=member, has_conflict=False)
        decision.refresh_from_db()
        if decision.state == "open":
            assessment.cast_vote(decision, by=member, ballot="for")
    scene.reload()


def case_in(
    state: str = State.RECEIVED,
    *,
    data: SubmissionData | None = None,
    officer: User | None = None,
    members: list[User] | None = None,
    served: bool = True,
    accept: bool = True,
    outcome: str = "agreement",
) -> Scene:
    """Return a case that was driven to a state by the people of its scene.

    States that need a published statement or a rule set with other options are reached by the
    tests of those rooms.
    """
    complainant = people.party_user(language="ru")
    case = filed_case(data, complainant=complainant)
    scene = Scene(case, complainant, officer or person("officer"), members or [])
    if state == State.RECEIVED:
        return scene
    if state == State.NOT_REGISTERED:
        registration.decline_registration(
            case, by=scene.officer, reason="enquiry", reply="Please ask the labour inspectorate."
        )
        scene.reload()
        return scene
    registration.register(case, by=scene.officer)
    scene.reload()
    if state == State.WITHDRAWN:
        ending.withdraw(scene.case, by=complainant)
        scene.reload()
        return scene
    if served:
        told = registration.notify_respondents(scene.case, by=scene.officer)
        scene.enterprise_code = told[0].code
        row = scene.case.participations.filter(side=Side.RESPONDENT).first()
        scene.enterprise = row.user if row else None
        scene.reload()
    if state == State.INITIAL_ASSESSMENT:
        return scene
    if not scene.members:
        scene.members = [person("decision_maker") for _ in range(2)]
    if state == State.FINAL_STATEMENT and not accept:
        decide(scene, accept=False)
        return scene
    decide(scene)
    if state == State.MEDIATION:
        return scene
    good_offices.conclude(scene.case, outcome=outcome, by=scene.officer)
    scene.reload()
    if state == State.FINAL_STATEMENT:
        return scene
    raise ValueError(f"factories do not reach {state}")


def share(item: Any, *, by: User, audience: str = "parties") -> Any:
    """Show a document to an audience: the officer proposes, its provider opens the copy and
    agrees."""
    from cases.services import disclosing

    item = disclosing.decide_audience(item, audience=audience, by=by)
    serving = item.servings.filter(state="waiting").select_related("case_document__case").first()
    if serving:
        rows = item.case.participations.current().filter(side=item.side)
        provider = rows.select_related("user").first().user
        disclosing.note_seen(serving, by=provider)
        disclosing.agree(serving, by=provider)
    item.refresh_from_db()
    return item


def document(case: Case, *, name: str = "note.txt", content: bytes = b"Plain words.") -> Any:
    """Store a file of a case and check it, as the worker does."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from documents import services as files

    row = files.store(SimpleUploadedFile(name, content), by=None, data_key=case.data_key)
    files.check(row)
    row.refresh_from_db()
    return row
