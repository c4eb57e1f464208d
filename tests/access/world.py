"""A world with somebody in every role, and the addresses of what stands in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import services as accounts
from accounts.models import RoleChange, RoleChangeKind, User
from cases.models import Case, CaseDocument, Commitment, DeclaredDay, Participation
from cases.services import (
    auditing,
    authority,
    conflicts,
    consultations,
    consulted_bodies,
    correspondence,
    deadlines,
    deputies,
    disclosing,
    dossiers,
    erasure,
    good_offices,
    interests,
    meetings,
    members,
    notes,
    proceedings,
    recall,
    requests,
    retention,
    seats,
)
from cases.services.interests import InterestData
from cases.workflow import State
from desk.dossiers import make as make_file
from desk.models import SavedView
from mediation import room
from mediation import services as mediation
from mediation.models import BodyRole, MediationBody
from register.services import publish
from statements.services import writing
from tests import factories
from tests.access.coordination import arguments as between_ncps
from tests.register import samples

ROLES = (
    "anonymous",
    "complainant",
    "other_complainant",
    "enterprise",
    "officer",
    "other_officer",
    "officer_in_conflict",
    "member",
    "member_undeclared",
    "mediator",
    "other_mediator",
    "coordinator",
    "other_coordinator",
    "administrator",
    "auditor",
    "interpreter",
    "guest",
    "expert",
)

LETTER = {"kind": "notice", "audience": "respondent", "language": "en"}


@dataclass
class World:
    people: dict[str, User | None]
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, route: str, parameters: tuple[str, ...]) -> dict[str, Any]:
        """Return the parameters of an address: those of the route itself, else of its namespace."""
        space = route.split(":")[0] + ":*" if ":" in route else "*"
        known = {**self.arguments.get(space, {}), **self.arguments.get(route, {})}
        if route.startswith("api-case-"):
            # A step of the API has the address of its page.
            page = "desk:" + route.removeprefix("api-case-").replace("-", "_")
            known = {**self.arguments["desk:*"], **self.arguments.get(page, {}), **known}
        missing = [name for name in parameters if name not in known]
        if missing:
            raise AssertionError(f"tests/access/world.py knows no {missing} for {route}")
        return {name: known[name] for name in parameters}


def _written(case: Any, people: dict[str, User | None]) -> dict[str, Any]:
    """Write a note, give a task and have a file made for the enterprise's side."""
    by = people["officer"]
    note = notes.write_note(case, text="A note.", by=by)
    task = notes.give_task(
        case, text="A task.", assignee=by, due_on=deadlines.today() + timedelta(days=3), by=by
    )
    file = dossiers.ask(case, audience="respondent", language="en", by=by)
    make_file(file)
    return {
        "note_change": note.pk,
        "task_settle": task.pk,
        "dossier_file": file.pk,
        "dossier_serve": file.pk,
    }


def build() -> World:
    """Make a case in mediation with everybody in it, and one whose statement is being written."""
    people: dict[str, User | None] = {
        "anonymous": None,
        "officer": factories.person("officer"),
        "other_officer": factories.person("officer"),
        "officer_in_conflict": factories.person("officer"),
        "member": factories.person("decision_maker"),
        "member_undeclared": factories.person("decision_maker"),
        "mediator": factories.person("mediator"),
        "other_mediator": factories.person("mediator"),
        "coordinator": factories.person("coordinator"),
        "other_coordinator": factories.person("coordinator"),
        "administrator": factories.person("administrator"),
        "auditor": factories.person("auditor"),
        "interpreter": factories.person("interpreter"),
        "guest": factories.person("partner_ncp"),
        "expert": factories.person("expert"),
    }
    second_member = factories.person("decision_maker")
    scene = factories.case_in(
        State.MEDIATION,
        data=factories.withheld(),
        officer=people["officer"],
        members=[people["member"], second_member],
    )
    case = scene.case
    people["complainant"], people["enterprise"] = scene.complainant, scene.enterprise
    other = factories.case_in(State.RECEIVED)
    people["other_complainant"] = other.complainant
    conflicts.declare(case, by=people["officer_in_conflict"], has_conflict=True)
    good_offices.reply(case, side="complainant", accepts=True, by=scene.complainant)
    good_offices.reply(case, side="respondent", accepts=True, by=scene.enterprise)

    body, other_body = (
        mediation.save_body(MediationBody(name=name), by=people["administrator"])
        for name in ("A bureau", "Another bureau")
    )
    member = mediation.add_member(
        body, people["coordinator"], role=BodyRole.COORDINATOR, by=people["administrator"]
    )
    mediator_row = mediation.add_member(
        body, people["mediator"], role=BodyRole.MEDIATOR, by=people["administrator"]
    )
    for key in ("other_coordinator", "other_mediator"):
        role = BodyRole(key.removeprefix("other_"))
        mediation.add_member(other_body, people[key], role=role, by=people["administrator"])
    referral = mediation.propose_referral(
        case, body, by=people["officer"], issues=[issue.pk for issue in case.issues.all()]
    )
    mediation.accept_referral(referral, by=people["coordinator"])
    appointment = mediation.appoint_mediator(referral, people["mediator"], by=people["coordinator"])
    mediation.declare(appointment, by=people["mediator"], has_conflict=False)
    for party in (scene.complainant, scene.enterprise):
        mediation.give_consent(case, by=party, agrees=True)
    referral.refresh_from_db()
    mediation.start(referral, by=people["mediator"])
    room_file = room.add_document(
        referral,
        SimpleUploadedFile("plan.txt", b"The plan."),
        title="Plan",
        audience="joint",
        by=people["mediator"],
    )
    item = correspondence.add_document(
        case, factories.document(case), title="Test", side="complainant", by=scene.complainant
    )
    redaction = disclosing.add_redaction(item, factories.document(case), by=people["officer"])
    disclosing.decide_audience(item, audience="parties", by=people["officer"])

    ended = factories.case_in(
        State.FINAL_STATEMENT,
        officer=people["officer"],
        members=[people["member"], people["member_undeclared"], second_member],
    )
    conflicts.declare(ended.case, by=people["officer_in_conflict"], has_conflict=True)
    statement = writing.begin(ended.case, kind="final", language="en", by=people["officer"])

    record = publish(samples.record(), samples.statement())
    change = _proposal(people)
    token, _secret = accounts.create_token(
        people["officer"],
        name="Mine",
        scopes=["cases:read"],
        expires_at=timezone.now() + timedelta(days=10),
    )
    asked = _asked(case, scene)
    beside = _beside(case, scene, people)
    written = _written(case, people)
    stated = _stated(ended.case, people["enterprise"])
    world = World(people)
    world.arguments = {
        "desk:*": {
            "pk": case.pk,
            "item": item.pk,
            "number": 1,
            "side": "complainant",
        },
        "desk:write_letter": {"kind": "delay"},
        **_of_the_list(people),
        **_of_the_members(case, scene, people),
        **{f"desk:{name}": {"item": pk} for name, pk in written.items()},
        **{f"desk:{name}": {"item": pk} for name, pk in _record(case, people).items()},
        **between_ncps(case, people),
        "desk:extend": {"item": case.deadlines.open().first().pk},
        "desk:explain_delay": {"item": case.deadlines.open().first().pk},
        "desk:renew_access": {"item": case.parties.first().pk},
        "desk:letter": {"item": case.parties.get(side="respondent").pk},
        "desk:close_request": {"item": asked["request"].pk},
        "desk:decide_time": {"item": asked["time"].pk},
        "desk:answer_report": {"item": asked["report"].pk},
        "desk:authority": {"pk": ended.case.pk, "item": stated.pk},
        "desk:authority_proof": {
            "pk": ended.case.pk,
            "item": stated.pk,
            "document": stated.documents.first().pk,
        },
        "desk:document_version": {"version": redaction.document_id},
        "desk:remove_day": {
            "pk": DeclaredDay.objects.create(day=date(2027, 1, 9), is_working=True).pk
        },
        **beside,
        "mediation:*": {"pk": case.pk, "item": item.pk},
        "mediation:room_file": {"item": room_file.pk},
        "notifications:calendar_feed": {"secret": "x" * 43},
        "portal:*": {"pk": case.pk, "item": item.pk, "token": "0" * 40},
        "portal:request": {"item": asked["request"].pk},
        "portal:authority": {"item": stated.participation_id},
        "portal:withdraw_person": {"item": asked["person"].pk},
        "portal:mandate": {"item": asked["person"].pk},
        "portal:room_file": {"item": room_file.pk},
        "statements:*": {
            "pk": statement.pk,
            "case_id": ended.case.pk,
            "language": "en",
            "finding": 1,
        },
        "accounts:*": {
            "pk": people["interpreter"].pk,
            "kind": "invitation",
            "token": "0" * 40,
            "role": "interpreter",
        },
        "accounts:proposal": {"pk": change.pk},
        "accounts:revoke_token": {"pk": token.pk},
        "register:*": {
            "record_id": record.pk,
            "document_id": record.documents.first().pk,
            "year": 2026,
            "digest": "0",
        },
        "desk:letter_template": LETTER,
        "desk:restore_letter": LETTER,
        "intake:*": {"name": "acting", "item_id": "0", "pk": uuid.uuid4()},
        "notifications:*": {"pk": uuid.uuid4()},
        "api-case-detail": {"pk": case.pk},
        "api-record-detail": {"record_id": record.pk},
        "demo_mail": {"name": "none.log", "number": 0},
        "language": {"code": "ru"},
        "privacy_version": {"version": "1"},
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
    }
    for name in ("referral", "accept", "decline", "appoint", "release"):
        world.arguments[f"mediation:{name}"] = {"pk": referral.pk, "appointment": appointment.pk}
    for name in ("body", "change_body", "add_member", "end_membership", "member_profile"):
        world.arguments[f"mediation:{name}"] = {"pk": body.pk, "member": member.pk}
    world.arguments["mediation:member_profile"]["member"] = mediator_row.pk
    assert CaseDocument.objects.exists()
    return world


def _record(case: Any, people: dict[str, Any]) -> dict[str, Any]:
    """Make a hold, an auditor's request, and the erasure of one represented person."""
    acts = case.representations.create(
        side="complainant", name="Adilet", kind="ngo", shown_to_respondent=False
    )
    principal = acts.principals.create(name="Somebody")
    asked = auditing.ask(case, reason="Were both heard?", by=people["auditor"])
    proposed = erasure.propose(
        case, basis="request", legal_basis="Act 1", principal=principal, by=people["officer"]
    )
    hold = retention.place_hold(case, reason="A court asks.", until=None, by=people["officer"])
    return {
        "decide_audit": asked.pk,
        "settle_erasure": proposed.pk,
        "lift_hold": hold.pk,
        "propose_person_erasure": principal.pk,
    }


def _asked(case: Any, scene: Any) -> dict[str, Any]:
    """The office asked the complainant, who asks for more time, reports pressure and has a
    representative."""
    day = deadlines.today() + timedelta(days=20)
    (request,) = requests.ask(
        case, sides=["complainant"], text="Please send.", due_on=day, by=scene.officer
    )
    time = requests.ask_for_more_time(
        request.deadline,
        side="complainant",
        wanted_on=day + timedelta(days=20),
        reason="Ill",
        by=scene.complainant,
    )
    report = correspondence.report_reprisal(case, text="They came.", by=scene.complainant)
    person, _code = members.add(
        case, name="Jane Doe", by=scene.complainant, is_representative=True, mandate="Paper 5"
    )
    return {"request": request, "time": time, "report": report, "person": person}


def _beside(case: Any, scene: Any, people: dict[str, Any]) -> dict[str, Any]:
    """A question to a body and to an expert, another proceeding, a recall, a commitment."""
    officer = scene.officer
    body = consulted_bodies.save_body(
        None, kind="expert", name="Dr Lee", expert=people["expert"], by=officer
    )
    question = consultations.ask(
        scene.reload(),
        body=body,
        way="page",
        question="Is it safe?",
        due_on=deadlines.today() + timedelta(days=20),
        by=officer,
    )
    other = proceedings.save(
        scene.reload(), None, proceedings.Facts(forum="Court"), next_check_on=None, by=officer
    )
    message = correspondence.send_message(case, side="respondent", text="Wrong", by=officer)
    found = recall.begin(
        scene.reload(), message, wrong_side="respondent", reason="Mistake", by=officer
    )
    commitment = Commitment.objects.create(
        case=case, number=1, origin="agreement", owner="both", text="Do it.", added_by=officer
    )
    one, many = {"item": question.pk}, {"item": commitment.pk}
    names = ("consultation", "consultation_letter", "consultation_remind", "consultation_reply")
    names += ("consultation_share", "consultation_close", "asked_one")
    kept = ("recall", "settle_recall", "recall_authority", "recall_note")
    return {
        **{f"desk:{name}": one for name in names},
        "desk:asked_document": {"item": question.pk, "document": question.pk},
        "desk:consulted_body": {"item": body.pk},
        **{
            f"desk:{name}": {"item": other.pk}
            for name in ("proceeding", "check_proceeding", "pause_for_proceeding")
        },
        **{
            f"desk:{name}": many
            for name in ("commitment_report", "assess_commitment", "drop_commitment")
        },
        "desk:begin_recall": {"what": "message", "item": str(message.pk)},
        **{f"desk:{name}": {"item": found.pk} for name in kept},
        "desk:recall_promise": {"item": found.pk, "reader": found.readers.first().pk},
        "portal:commitment": many,
    }


def _stated(case: Any, user: User) -> Any:
    """Somebody who takes part in one case says for whom they act in another."""
    row = Participation.objects.create(
        case=case,
        user=user,
        role="party_member",
        side="respondent",
        party=case.parties.filter(side="respondent").first(),
        awaits_authority=True,
    )
    paper = factories.document(case)
    return authority.state(
        row, name="Dana Lee", function="Director", statement="", documents=[paper], by=user
    )


def _proposal(people: dict[str, Any]) -> RoleChange:
    other = factories.person("administrator")
    return accounts.propose_role_change(
        people["interpreter"],
        role="expert",
        kind=RoleChangeKind.GRANT,
        by=other,
        reason="Needed",
    )


def _of_the_members(case: Any, scene: Any, people: dict[str, User | None]) -> dict[str, Any]:
    """Plan a meeting with the case on its agenda, and let a side challenge somebody."""
    officer, member = people["officer"], people["member"]
    meeting = meetings.plan(
        begins_at=timezone.now(), place="", chair=member, secretary=officer, by=officer
    )
    item = meetings.add_item(meeting, case=Case.objects.get(pk=case.pk), by=officer)
    challenge = conflicts.challenge(
        case, challenged=people["member_undeclared"], side="complainant", reasons="A tie.",
        by=scene.complainant,
    )  # fmt: skip
    conflicts.reply_to_challenge(challenge, text="", by=people["member_undeclared"])
    year = interests.declare_year(by=officer, added=[InterestData("other", "A club")])
    seat = seats.name_chair(member, by=people["administrator"])
    of_meeting = (
        "meeting", "change_meeting", "agenda", "call_meeting", "call_off_meeting", "attendance",
        "hold_meeting", "protocol", "sign_protocol", "protocol_file",
    )  # fmt: skip
    return {
        **{f"desk:{name}": {"meeting": meeting.pk} for name in of_meeting},
        **{
            f"desk:{name}": {"meeting": meeting.pk, "item": item.pk}
            for name in ("remove_item", "agree")
        },
        "desk:end_seat": {"item": seat.pk},
        "desk:decision": {"item": case.decisions.get().pk},
        "desk:decide_challenge": {"item": challenge.pk},
        "desk:challenge_reply": {"item": challenge.pk},
        "desk:take_back_interest": {"item": year.interests.get().pk},
        "desk:give_gist": {"kind": "document"},
        "desk:remove_position": {"position": 1},
        "desk:end_absence": {"absence": 1},
    }


def _of_the_list(people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The officer saved a view and has a deputy from tomorrow on."""
    view = SavedView.objects.create(owner=people["officer"], name="Mine", query="state=received")
    day = deadlines.today() + timedelta(days=1)
    deputy = deputies.name(
        people["officer"],
        deputy=people["other_officer"],
        since=day,
        until=day,
        by=people["officer"],
    )
    names = ("change_view", "delete_view", "default_view")
    return {
        **{f"desk:{name}": {"view": view.pk} for name in names},
        "desk:end_deputy": {"deputy": deputy.pk},
    }
