"""Something to see on the office's own pages of a case: notes, tasks, letters, a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from accounts.models import User
from cases.letters import drafts, wording
from cases.models import Case
from cases.services import deadlines, dossiers, letters, notes
from cases.services.letters import Letter
from cases.workflow import State
from config.demonstration.words import NOTED
from desk import dossiers as files
from desk.letters import portal_letter


def add(people: dict[str, User], *, now: datetime) -> None:
    """Let the officer work on the case in good offices that has the most to show."""
    officer = people["officer"]
    cases = Case.objects.filter(officer=officer, is_archived=False).order_by("-history_length")
    case = cases.filter(state=State.MEDIATION).first()
    if case is None:
        return
    others = [one for one in notes.colleagues(case) if one.pk != officer.pk]
    note, *tasks = NOTED[case.language]
    with time_machine.travel(now - timedelta(days=1), tick=True):
        notes.write_note(
            case,
            text=note,
            mentioned=others[:1],
            by=officer,
        )
        for days, text in zip((2, 9), tasks, strict=True):
            notes.give_task(
                case,
                text=text,
                assignee=officer,
                due_on=deadlines.today() + timedelta(days=days),
                by=officer,
            )
        kind = wording.kinds()["assessment_outcome"]
        written = drafts.drafts(case, kind)
        if any(draft.gaps for draft in written):
            return
        letters.send_letters(
            case,
            kind.name,
            [
                Letter(
                    side=draft.audience,
                    language=draft.language,
                    subject=draft.subject,
                    text=draft.text,
                    template_version=draft.template_version,
                    pdf=portal_letter(
                        subject=draft.subject, text=draft.text, language=draft.language
                    ),
                )
                for draft in written
            ],
            by=officer,
        )
        files.make(dossiers.ask(case, audience="ncp", language=case.language, by=officer))
