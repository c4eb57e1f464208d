"""A case in good offices, a body with its people, and a referral driven as far as a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import User
from cases.models import Case
from cases.services import good_offices
from cases.services.deadlines import today
from cases.workflow import State
from mediation import services
from mediation.models import Appointment, BodyMember, MediationBody, Referral
from mediation.workflow import ReferralState
from tests import factories

ORDER = [
    ReferralState.PROPOSED,
    ReferralState.ACCEPTED,
    ReferralState.CONSENTED,
    ReferralState.ACTIVE,
    ReferralState.CONCLUDED,
]


@dataclass
class Room:
    """Everybody around one referral."""

    scene: factories.Scene
    body: MediationBody
    coordinator: User
    mediator: User
    referral: Referral
    appointment: Appointment | None = None

    @property
    def case(self) -> Case:
        return self.scene.case

    def reload(self) -> Referral:
        self.referral = Referral.objects.select_related("case").get(pk=self.referral.pk)
        self.scene.reload()
        return self.referral


def make_body(name: str = "International Bureau of Mediation", *, mediators: int = 1):
    body, _made = MediationBody.objects.get_or_create(name=name)
    coordinator = factories.person("coordinator")
    BodyMember.objects.create(body=body, user=coordinator, role="coordinator")
    people = [factories.person("mediator") for _ in range(mediators)]
    BodyMember.objects.bulk_create(
        BodyMember(body=body, user=person, role="mediator") for person in people
    )
    return body, coordinator, people


def accept_good_offices(scene: factories.Scene) -> None:
    for side, person in (("complainant", scene.complainant), ("respondent", scene.enterprise)):
        good_offices.reply(scene.case, side=side, accepts=True, by=person)
    scene.reload()


def refer(scene: factories.Scene, body: MediationBody, **options: Any) -> Referral:
    return services.propose_referral(
        scene.case, body, by=scene.officer, issues=scene.case.issues.all(), **options
    )


def session_data(**changes: Any) -> services.SessionData:
    values = {
        "held_on": today(),
        "kind": "joint",
        "for_complainant": "A. Serikkyzy",
        "complainant_had_authority": True,
        "for_respondent": "The director",
    } | changes
    return services.SessionData(**values)


def room_in(
    state: str,
    *,
    replies: bool = True,
    declared: bool = True,
    data: Any = None,
    members: list[User] | None = None,
) -> Room:
    """Return a referral in a state; `declared` False stops before the mediator's declaration."""
    scene = factories.case_in(State.MEDIATION, data=data, members=members)
    if replies:
        accept_good_offices(scene)
    body, coordinator, (mediator,) = make_body()
    room = Room(scene, body, coordinator, mediator, refer(scene, body))
    if state == ReferralState.DECLINED:
        services.decline_referral(room.referral, by=coordinator, reason="No mediator is free.")
    elif state == ReferralState.REVOKED:
        services.revoke_referral(room.referral, by=scene.officer, reason="The sides talk again.")
    else:
        _drive(room, ORDER.index(ReferralState(state)), declared=declared)
    room.reload()
    return room


def _drive(room: Room, steps: int, *, declared: bool) -> None:
    if steps >= 1:
        services.accept_referral(room.referral, by=room.coordinator)
        room.appointment = services.appoint_mediator(
            room.referral, room.mediator, by=room.coordinator
        )
        if declared:
            room.appointment = services.declare(
                room.appointment, by=room.mediator, has_conflict=False
            )
    if steps >= 2:
        services.give_consent(room.case, by=room.scene.complainant, agrees=True)
        services.record_consent(
            room.referral, side="respondent", agrees=True, given_on=today(), by=room.mediator
        )
    if steps >= 3:
        services.start(room.referral, by=room.mediator)
    if steps >= 4:
        services.record_session(room.referral, session_data(), by=room.mediator)
        services.record_outcome(
            room.referral,
            {issue.pk: "agreement" for issue in room.referral.issues.all()},
            by=room.mediator,
        )


@pytest.fixture
def active(db) -> Room:
    return room_in(ReferralState.ACTIVE)


@pytest.fixture
def proposed(db) -> Room:
    return room_in(ReferralState.PROPOSED)


@pytest.fixture
def appointed(db) -> Room:
    """The mediator is appointed and has not declared yet."""
    return room_in(ReferralState.ACCEPTED, declared=False)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(
        "notifications.tasks.drain_outbox.apply_async", lambda *args, **kwargs: None
    )
