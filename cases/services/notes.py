"""Internal notes and tasks: for the NCP's own people, encrypted, with every wording kept.

The worklist asks `Task.objects.waiting_for(user)` for the open tasks of somebody, the earliest
day first (`waiting_for(deputy, absent)` for whoever stands in); `Task.objects.visible_to(user)`
for all tasks of the cases that somebody reads. Reminders go out with the daily sweep.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases import permissions
from cases.disclosure import Audience, audience_of, may_know
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, ConflictDeclaration, Note, NoteMention, NoteVersion, Task
from cases.models.note import EDITABLE_FOR
from cases.querysets import MEDIATION_ROLES, PARTY_ROLES
from cases.services import deadlines
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

LONGEST = timedelta(days=5 * 366)
_MENTION = re.compile(r"(?<![\w@.])@(?=[^\W\d_])")


def may_write(case: Case, user: User) -> bool:
    """Tell whether somebody writes notes in a case: who runs the procedure, and members who
    declared that they have no conflict of interest. Auditors read only."""
    return permissions.may_run_procedure(case, user) or permissions.may_decide(case, user)


def colleagues(case: Case) -> QuerySet[Person]:
    """Return who may see a case at the NCP and work on it: they can be mentioned and be given
    tasks."""
    declared = ConflictDeclaration.objects.filter(case=case, superseded_at=None)
    away = declared.filter(has_conflict=True).values("user")
    on_a_side = case.participations.filter(role__in=(*PARTY_ROLES, *MEDIATION_ROLES)).values("user")
    officers = Person.objects.holding(Role.OFFICER)
    members = Person.objects.holding(Role.DECISION_MAKER).filter(
        pk__in=declared.filter(has_conflict=False).values("user")
    )
    people = Person.objects.active().filter(
        Q(pk__in=officers.values("pk")) | Q(pk__in=members.values("pk"))
    )
    return people.exclude(pk__in=away).exclude(pk__in=on_a_side).order_by("name", "pk")


def named_in(text: str, people: Iterable[Person]) -> list[Person]:
    """Return the people whom a text names after an @, by their full name or by a part of it that
    only one of them has.

    Raises:
        ValidationError: an @ names nobody of them, or more than one.
    """
    everybody = list(people)
    found: dict[object, Person] = {}
    for match in _MENTION.finditer(text):
        rest = " ".join(text[match.end() : match.end() + 120].split()).casefold()
        whole = [one for one in everybody if one.name and _begins(rest, one.name.casefold())]
        word = re.match(r"[\w'’-]+", rest)
        part = word.group().casefold() if word else ""
        named = (
            [max(whole, key=lambda one: len(one.name))]
            if whole
            else [one for one in everybody if part and part in one.name.casefold().split()]
        )
        if not named:
            raise ValidationError(
                _("“@%(name)s” is nobody of those who may read this. Choose from the list."),
                params={"name": part},
            )
        if len(named) > 1:
            raise ValidationError(
                _("“@%(name)s” is more than one person. Write the full name."),
                params={"name": part},
            )
        found[named[0].pk] = named[0]
    return list(found.values())


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def write_note(
    case: Case,
    *,
    text: str,
    by: User,
    mentioned: Collection[Person] = (),
    for_named_officers: bool = False,
) -> Note:
    """Write a note; whoever it mentions is told that there is something to read.

    Args:
        mentioned: who is told, beside those whom the text names after an @.
        for_named_officers: only the officers named on the case read it; only one of them writes it.

    Raises:
        ValidationError: no text, somebody who may not see it, or a withheld name in a note that
            others read.
    """
    with locked(case) as row:
        require(may_write(row, by))
        if for_named_officers:
            require(permissions.may_see_identity(row, by))
        told = _told(row, text, mentioned, for_named_officers=for_named_officers)
        note = Note.objects.create(
            case=row, author=by, text=text.strip(), for_named_officers=for_named_officers
        )
        NoteMention.objects.bulk_create(NoteMention(note=note, person=one) for one in told)
        record_event(
            row, EventKind.NOTE_WRITTEN, by=by, note=note.pk, mentioned=[one.pk for one in told]
        )
    return note


def change_note(note: Note, *, text: str, by: User, mentioned: Collection[Person] = ()) -> Note:
    """Change a note within a day of writing it. The wording before is kept; who is mentioned for
    the first time is told.

    Raises:
        PermissionDenied: somebody else wrote it.
        Conflict: the day is over.
    """
    with locked(note.case) as row:
        note = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
        note.case = row
        require(note.author_id == by.pk and may_write(row, by))
        if not is_open_to_change(note):
            raise Conflict(_("A note can be changed for a day. Write another one."))
        told = _told(row, text, mentioned, for_named_officers=note.for_named_officers)
        if text.strip() == note.text and not told:
            return note
        before = set(note.mentions.values_list("person", flat=True))
        fresh = [one for one in told if one.pk not in before]
        now = timezone.now()
        if text.strip() != note.text:
            NoteVersion.objects.create(note=note, text=note.text, replaced_at=now)
            note.text, note.changed_at = text.strip(), now
            note.save(update_fields=["text", "changed_at"])
        NoteMention.objects.bulk_create(NoteMention(note=note, person=one) for one in fresh)
        record_event(
            row, EventKind.NOTE_CHANGED, by=by, note=note.pk, mentioned=[one.pk for one in fresh]
        )
    return note


def is_open_to_change(note: Note) -> bool:
    return timezone.now() - note.written_at < EDITABLE_FOR


def _told(
    case: Case, text: str, mentioned: Collection[Person], *, for_named_officers: bool
) -> list[Person]:
    if not text.strip():
        raise ValidationError(_("Write the note."))
    may_read = {
        one.pk: one
        for one in colleagues(case)
        if not for_named_officers or permissions.may_see_identity(case, one)
    }
    if any(one.pk not in may_read for one in mentioned):
        raise ValidationError(_("Only people who may read this note can be mentioned in it."))
    if not for_named_officers and (name := withheld_name(case, text)):
        raise ValidationError(
            _(
                "“%(name)s” is withheld from those who read this note. Leave the name out, or let "
                "only the officers named on the case read it."
            ),
            params={"name": name},
        )
    told = {one.pk: one for one in (*mentioned, *named_in(text, may_read.values()))}
    return list(told.values())


def withheld_name(case: Case, text: str) -> str:
    """Return a full name in a text that not everybody at the NCP may know, or ""."""
    plain = " ".join(text.casefold().split())
    rows: list[Any] = [*case.parties.all(), *case.representations.all()]
    names = [row.name for row in rows if row.name and not may_know(row, Audience.NCP)]
    return next((name for name in names if " ".join(name.casefold().split()) in plain), "")


# Tasks


def give_task(case: Case, *, text: str, assignee: Person, due_on: date, by: User) -> Task:
    """Give somebody of the NCP something to do for a case by a day; they are told.

    Raises:
        ValidationError: no text, a day before today or years away, a withheld name, or somebody
            who may not see the case.
    """
    if not text.strip():
        raise ValidationError(_("Write what is to be done."))
    if not deadlines.today() <= due_on <= deadlines.today() + LONGEST:
        raise ValidationError(_("Give today or a day ahead, within five years."))
    with locked(case) as row:
        require(may_write(row, by))
        if not colleagues(row).filter(pk=assignee.pk).exists():
            raise ValidationError(_("Only people who see this case can be given a task in it."))
        if name := withheld_name(row, text):
            raise ValidationError(
                _("“%(name)s” is withheld from those who read this task. Leave the name out."),
                params={"name": name},
            )
        task = Task.objects.create(
            case=row, text=text.strip(), assignee=assignee, due_on=due_on, given_by=by
        )
        record_event(row, EventKind.TASK_GIVEN, by=by, task=task.pk, assignee=assignee.pk)
    return task


def finish_task(task: Task, *, by: User) -> Task:
    """Mark a task as done. Whoever gave it is told, unless they did it themselves."""
    return _settle(task, by=by, is_done=True)


def reopen_task(task: Task, *, by: User) -> Task:
    """Take back that a task is done; whoever is to do it is told."""
    return _settle(task, by=by, is_done=False)


def _settle(task: Task, *, by: User, is_done: bool) -> Task:
    with locked(task.case) as row:
        require(may_write(row, by))
        task = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
        task.case = row
        if task.is_done == is_done:
            raise Conflict(
                _("This task was done already.") if is_done else _("This task is open already.")
            )
        task.done_at, task.done_by = (timezone.now(), by) if is_done else (None, None)
        task.save(update_fields=["done_at", "done_by"])
        kind = EventKind.TASK_DONE if is_done else EventKind.TASK_REOPENED
        told = task.given_by_id if is_done else task.assignee_id
        record_event(row, kind, by=by, task=task.pk, assignee=told)
    return task


def reads_at_the_ncp(case: Case, user: User) -> bool:
    """Tell whether somebody reads notes and tasks of a case."""
    return audience_of(case, user) in (Audience.NAMED_OFFICER, Audience.NCP)
