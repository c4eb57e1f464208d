"""From answers to a submission: what can be sent, what must not be missing, what would help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases import provisions
from cases.errors import Incomplete
from cases.payload import (
    ComplainantData,
    DocumentData,
    IssueData,
    ProceedingData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)
from documents.models import Document
from intake import finder
from intake.answers import Answers, meaning
from intake.forms import (
    ArrivalForm,
    ComplainantForm,
    ContactForm,
    EnterpriseForm,
    IssueForm,
    ProceedingForm,
    ReachForm,
    RepresentativeForm,
    SafetyForm,
    TriedForm,
    WantedForm,
)


@dataclass(frozen=True)
class Remark:
    """A sentence about what is missing, and the page where it is mended."""

    text: str
    step: str


def _rows(answers: Answers, step: str, form: type) -> list[tuple[str, dict[str, Any]]]:
    return [(row["id"], meaning(answers.judged(form, row["raw"]))) for row in answers.items(step)]


def missing(answers: Answers, *, by_staff: bool = False) -> list[Remark]:
    """Return what the office cannot do without: somebody, an enterprise, what happened."""
    found = []
    if answers.is_recording:
        if not answers.files:
            found.append(Remark(_("Your recording."), "recording"))
        if not answers.judged(ReachForm, answers.raw("reach")).is_valid():
            found.append(Remark(_("How we can reach you."), "reach"))
        return found
    if (
        by_staff
        and not answers.write_up_of
        and not answers.judged(ArrivalForm, answers.raw("arrival")).is_valid()
    ):
        found.append(Remark(_("How and when it arrived."), "arrival"))
    named = any(
        values.get("name") for _id, values in _rows(answers, "complainants", ComplainantForm)
    )
    if answers.acts_for_others:
        if not meaning(answers.judged(RepresentativeForm, answers.raw("representative"))).get(
            "name"
        ):
            found.append(Remark(_("Your name, or that of your organisation."), "representative"))
    elif not named:
        found.append(Remark(_("The name of whoever was harmed."), "complainants"))
    if not any(values.get("name") for _id, values in _rows(answers, "enterprises", EnterpriseForm)):
        found.append(Remark(_("The name of the enterprise."), "enterprises"))
    if not any(values.get("description") for _id, values in _rows(answers, "issues", IssueForm)):
        found.append(Remark(_("What happened."), "issues"))
    for person, name in answers.people():
        if not answers.shown_form(person).is_valid():
            found.append(
                Remark(_("Who may know the name of %(name)s.") % {"name": name}, "disclosure")
            )
    return found


def advice(answers: Answers) -> list[Remark]:
    """Return what a complete submission would still need. It never keeps anybody from sending."""
    found = []
    rows = _rows(answers, "issues", IssueForm)
    if rows and not any(values.get("place") for _id, values in rows):
        found.append(Remark(_("Say where it happened, if you can."), "issues"))
    if rows and not any(values.get("started") for _id, values in rows):
        found.append(Remark(_("Say when it began; a year is enough."), "issues"))
    if rows and all(len(values.get("description", "")) < 200 for _id, values in rows):
        found.append(
            Remark(_("Describe in more detail who did what, and who was harmed."), "issues")
        )
    if not answers.evidence:
        found.append(
            Remark(_("Add a photo, a letter or another file, if you have one."), "evidence")
        )
    if answers.acts_for_others:
        if not meaning(answers.judged(RepresentativeForm, answers.raw("representative"))).get(
            "mandate"
        ):
            found.append(Remark(_("Say how they asked you to act for them."), "representative"))
        elif not answers.mandates:
            found.append(Remark(_("Add the proof that they asked you."), "representative"))
        if not answers.items("complainants"):
            found.append(
                Remark(_("Name at least one person or group for whom you act."), "complainants")
            )
    enterprises = _rows(answers, "enterprises", EnterpriseForm)
    if enterprises and not any(values.get("address") for _id, values in enterprises):
        found.append(Remark(_("Say where the enterprise can be found."), "enterprises"))
    if not any(answers.first("tried", "tried_before")):
        found.append(Remark(_("Tell us what was tried before, or that nothing was."), "tried"))
    if not any(answers.first("wanted", "wanted")):
        found.append(Remark(_("Tell us what you want to happen."), "wanted"))
    if not answers.first("safety", "reprisal_risk"):
        found.append(Remark(_("Tell us whether anybody fears reprisals."), "safety"))
    if not any(answers.first("safety", "safe_contact")):
        found.append(Remark(_("Tell us how it is safe to reach you."), "safety"))
    for step, form, sentence in (
        ("complainants", ComplainantForm, _("Mend an answer about who was harmed.")),
        ("enterprises", EnterpriseForm, _("Mend an answer about the enterprise.")),
        ("issues", IssueForm, _("Mend an answer about what happened.")),
        ("proceedings", ProceedingForm, _("Mend an answer about a court or office.")),
    ):
        if any(not answers.judged(form, row["raw"]).is_valid() for row in answers.items(step)):
            found.append(Remark(sentence, step))
    for item_id, _values in told_issues(answers):
        for citation in written_citations(meaning(answers.provisions_form(item_id))):
            found += [Remark(str(warning), "provisions") for warning in citation.warnings]
    return found


def refused_files(answers: Answers) -> dict[str, Remark]:
    """Return by its id what to say of each file that did not pass its check."""
    ids = [row["id"] for row in answers.files]
    rows = Document.objects.in_bulk(ids) if ids else {}
    refused = {str(pk): row for pk, row in rows.items() if row.is_refused}
    return {
        row["id"]: Remark(
            _("“%(name)s” was not taken. %(reason)s")
            % {"name": row["name"], "reason": refused[row["id"]].refusal},
            "representative"
            if row.get("is_mandate")
            else "arrival"
            if row.get("is_original")
            else "evidence",
        )
        for row in answers.files
        if row["id"] in refused
    }


def as_submission(
    answers: Answers, *, language: str, privacy_notice_version: str, by_staff: bool
) -> SubmissionData:
    """Build what is sealed and filed.

    Raises:
        Incomplete: something of `missing` is not there, or the access code was not confirmed.
    """
    lacking = missing(answers, by_staff=by_staff)
    if lacking:
        raise Incomplete(_("Still missing: %(what)s") % {"what": " ".join(r.text for r in lacking)})
    if not answers.code_is_confirmed and not by_staff:
        raise Incomplete(_("Confirm your access code first."))
    return composed(
        answers,
        language=language,
        privacy_notice_version=privacy_notice_version,
        by_staff=by_staff,
    )


def composed(
    answers: Answers, *, language: str, privacy_notice_version: str = "", by_staff: bool
) -> SubmissionData:
    """Build a submission of what is in order so far; it may lack what sending needs."""
    if answers.is_recording:
        return _recorded(answers, language, privacy_notice_version)
    safety = meaning(answers.judged(SafetyForm, answers.raw("safety")))
    contact = meaning(answers.judged(ContactForm, answers.raw("contact")))
    tried = meaning(answers.judged(TriedForm, answers.raw("tried")))
    wanted = meaning(answers.judged(WantedForm, answers.raw("wanted")))
    arrival = meaning(answers.judged(ArrivalForm, answers.raw("arrival"))) if by_staff else {}
    return SubmissionData(
        complainants=_complainants(answers),
        respondents=_respondents(answers),
        issues=_issues(answers),
        representative=_representative(answers),
        proceedings=tuple(
            ProceedingData(
                forum=values["forum"],
                reference=values.get("reference", ""),
                status=values.get("status", ""),
            )
            for _id, values in _rows(answers, "proceedings", ProceedingForm)
            if values.get("forum")
        ),
        documents=_documents(answers),
        tried_before=tried.get("tried_before", ""),
        others_to_ask=tried.get("others_to_ask", ""),
        wanted=wanted.get("wanted", ""),
        asked_of_office=tuple(wanted.get("asked_of_office", ())),
        why_here=wanted.get("why_here", ""),
        reprisal_risk=safety.get("reprisal_risk") == "yes",
        reprisal_details=safety.get("reprisal_details", ""),
        safe_contact=safety.get("safe_contact", ""),
        ask_before_telling=bool(safety.get("ask_before_telling")),
        interpreter=contact.get("interpreter", ""),
        language=contact.get("language", language),
        channel=arrival.get("channel", "web"),
        arrived_on=arrival["arrived_on"].isoformat() if "arrived_on" in arrival else "",
        edition=finder.EDITION,
        privacy_notice_version=privacy_notice_version,
    )


def _recorded(answers: Answers, language: str, privacy_notice_version: str) -> SubmissionData:
    """Build the submission of somebody who told it: recordings and a contact, hidden from all."""
    values = meaning(answers.judged(ReachForm, answers.raw("reach")))
    contact = values.get("contact", "")
    kept = {"withhold_from_respondent": True, "withhold_from_mediator": True}
    return SubmissionData(
        complainants=(
            ComplainantData(
                name=values.get("name") or _("Name not told yet"),
                kind="other",
                email=contact if "@" in contact else "",
                phone="" if "@" in contact else contact,
                shown=Shown(False, False, False),
            ),
        ),
        respondents=(),
        issues=(),
        documents=tuple(
            DocumentData(
                id=row["id"],
                title=_("Recording %(number)s") % {"number": number},
                reason=_("A voice and a face tell who somebody is."),
                withhold_from_public=True,
                **kept,
            )
            for number, row in enumerate(answers.files, start=1)
        ),
        safe_contact=values.get("safe_contact", ""),
        language=values.get("language", language),
        edition=finder.EDITION,
        privacy_notice_version=privacy_notice_version,
        told_by_recording=True,
    )


def shown(answers: Answers, person_id: str) -> Shown:
    """Return the choices for one name; what was not chosen stays hidden."""
    values = meaning(answers.shown_form(person_id))
    return Shown(
        mediator=values.get("mediator") == "yes",
        respondent=values.get("respondent") == "yes",
        public=values.get("public") == "yes",
        reason=values.get("reason", ""),
    )


def _complainants(answers: Answers) -> tuple[ComplainantData, ...]:
    found = tuple(
        ComplainantData(
            name=values["name"],
            kind=values.get("kind", "other"),
            country=values.get("country", ""),
            email=values.get("email", ""),
            phone=values.get("phone", ""),
            address=values.get("address", ""),
            shown=shown(answers, item_id),
        )
        for item_id, values in _rows(answers, "complainants", ComplainantForm)
        if values.get("name")
    )
    if found:
        return found
    # A representative may keep the names even from the office for now.
    name = _("Named by the representative alone")
    return (ComplainantData(name=name, kind="other", shown=Shown(False, False, False)),)


def _representative(answers: Answers) -> RepresentativeData | None:
    if not answers.acts_for_others:
        return None
    values = meaning(answers.judged(RepresentativeForm, answers.raw("representative")))
    if not values.get("name"):
        return None
    names = [line.strip() for line in values.get("principals", "").splitlines()]
    return RepresentativeData(
        name=values["name"],
        kind=values.get("kind", "other"),
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        mandate=values.get("mandate", ""),
        principals=tuple(dict.fromkeys(name for name in names if name)),
        shown=shown(answers, "representative"),
    )


def _respondents(answers: Answers) -> tuple[RespondentData, ...]:
    return tuple(
        RespondentData(
            name=values["name"],
            kind=values.get("kind", "business"),
            country=values.get("country", ""),
            address=values.get("address", ""),
            website=values.get("website", ""),
            structure=values.get("structure", ""),
            role=values.get("role", "unknown"),
        )
        for _id, values in _rows(answers, "enterprises", EnterpriseForm)
        if values.get("name")
    )


def told_issues(answers: Answers) -> list[tuple[str, dict[str, Any]]]:
    """Return id and values of everything that happened and is told."""
    rows = _rows(answers, "issues", IssueForm)
    return [(item_id, values) for item_id, values in rows if values.get("description")]


def _issues(answers: Answers) -> tuple[IssueData, ...]:
    return tuple(
        IssueData(
            title=values.get("title") or _("What happened"),
            description=values["description"],
            place=values.get("place", ""),
            country=values.get("country", ""),
            started=values.get("started", ""),
            ended=values.get("ended", ""),
            is_ongoing=bool(values.get("is_ongoing")),
            is_approximate=bool(values.get("is_approximate")),
            citations=tuple(cited(answers, item_id)),
            kept=tuple(values.get("kept", ())),
            kept_reason=values.get("kept_reason", ""),
            for_office=values.get("for_office", ""),
        )
        for item_id, values in told_issues(answers)
    )


def cited(answers: Answers, issue_id: str) -> list[str]:
    """Return the provisions of an issue: those of the ticked sentences, then those written out."""
    values = meaning(answers.provisions_form(issue_id))
    own = [item.text for item in written_citations(values)]
    return list(dict.fromkeys([*finder.citations(values.get("plain", [])), *own]))


def written_citations(values: dict[str, Any]) -> tuple[provisions.Citation, ...]:
    """Return the provisions that somebody wrote out; in "II.2, 10" the number goes on in II."""
    return provisions.parse_list(values.get("citations", ""), edition=finder.EDITION)


def _documents(answers: Answers) -> tuple[DocumentData, ...]:
    found = []
    for number, row in enumerate(answers.evidence, start=1):
        values = meaning(answers.file_form(row["id"]))
        kept_from = values.get("withhold", [])
        found.append(
            DocumentData(
                id=row["id"],
                # Never the name of the file: it may hold the name of a person.
                title=values.get("title") or _("File %(number)s") % {"number": number},
                withhold_from_respondent="respondent" in kept_from,
                withhold_from_mediator="mediator" in kept_from,
                withhold_from_public="public" in kept_from,
                reason=values.get("reason", ""),
            )
        )
    found += [
        DocumentData(
            id=row["id"],
            title=_("Proof of the mandate"),
            withhold_from_respondent=True,
            withhold_from_mediator=True,
            withhold_from_public=True,
            reason=_("It may name the people represented."),
        )
        for row in answers.mandates
    ]
    found += [
        DocumentData(id=row["id"], title=_("The original as it came"), is_original=True)
        for row in answers.originals
    ]
    return tuple(found)
