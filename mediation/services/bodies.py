"""The mediation bodies and their people, kept by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases.errors import Conflict, Incomplete, Stale
from cases.models import Participation
from cases.models.party import ParticipationRole
from cases.services.acting import require
from mediation.models import BodyMember, BodyRole, MediationBody, Mediator, Referral
from mediation.services.acting import let_coordinators_in

if TYPE_CHECKING:
    from accounts.models import User

ROLE_NEEDED = {BodyRole.COORDINATOR: Role.COORDINATOR, BodyRole.MEDIATOR: Role.MEDIATOR}


def save_body(body: MediationBody, *, by: User, version: int | None = None) -> MediationBody:
    """Save a new or changed body.

    Raises:
        Stale: somebody saved it since the form was opened.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    with transaction.atomic():
        held = MediationBody.objects.select_for_update(no_key=True).filter(pk=body.pk).first()
        if held and version is not None and held.row_version != version:
            raise Stale(_("Somebody else saved this body in the meantime."))
        body.row_version = held.row_version + 1 if held else 1
        body.save()
    return body


@transaction.atomic
def add_member(body: MediationBody, person: User, *, role: str, by: User) -> BodyMember:
    """Let somebody coordinate or mediate for a body; they hold that role already.

    Raises:
        Incomplete: the person does not hold the role.
        Conflict: the person is there already.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    MediationBody.objects.select_for_update(no_key=True).get(pk=body.pk)
    if not person.has_role(ROLE_NEEDED[BodyRole(role)]):
        raise Incomplete(_("Give this person the role first, under People."))
    if BodyMember.objects.filter(body=body, user=person, role=role, until=None).exists():
        raise Conflict(_("This person is there already."))
    member = BodyMember.objects.create(body=body, user=person, role=BodyRole(role))
    if role == BodyRole.COORDINATOR:
        for referral in Referral.objects.open().filter(body=body).select_related("case"):
            let_coordinators_in(referral)
    return member


@transaction.atomic
def end_membership(member: BodyMember, *, by: User) -> BodyMember:
    """Somebody leaves a body: a coordinator sees its referrals no more.

    Mediations in which a mediator is appointed go on until the coordinator or the mediator ends
    the appointment.

    Raises:
        Conflict: they have left already.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    member = BodyMember.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.until:
        raise Conflict(_("This person has left already."))
    member.until = timezone.now()
    member.save(update_fields=["until"])
    if member.role == BodyRole.COORDINATOR:
        cases = Referral.objects.filter(body=member.body_id).values("case")
        Participation.objects.filter(
            case__in=cases, user=member.user_id, role=ParticipationRole.COORDINATOR, until=None
        ).update(until=member.until)
    return member


def save_mediator(
    user: User, *, languages: str, expertise: str, countries: str, by: User
) -> Mediator:
    """Keep what a coordinator should know of a mediator; administrators and the person write it."""
    require(by.has_role(Role.ADMINISTRATOR) or (by.pk == user.pk and by.has_role(Role.MEDIATOR)))
    profile, _made = Mediator.objects.update_or_create(
        user=user,
        defaults={"languages": languages, "expertise": expertise, "countries": countries},
    )
    return profile
