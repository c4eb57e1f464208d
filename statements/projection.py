"""What the public may know of a case, in the register's words: an allow-list by field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.disclosure import Audience, disclosed, disclosed_parties
from cases.kinds import EventKind
from cases.models.party import Side
from cases.shown import DisclosedCase, DisclosedParty
from cases.workflow import Outcome as CaseOutcome
from cases.workflow import State
from office.current import current
from register.dates import PartialDate
from register.models import PublishedRecord
from register.payload import (
    DocumentData,
    PartyData,
    ProvisionData,
    RecordData,
    TimelineEntry,
    TranslationData,
)
from register.vocabulary import Outcome, PartyType, Stage

if TYPE_CHECKING:
    from datetime import date, datetime

    from cases.models import Case
    from statements.models import Statement, Version

STAGES = {
    State.INITIAL_ASSESSMENT: Stage.INITIAL_ASSESSMENT,
    State.MEDIATION: Stage.GOOD_OFFICES,
    State.EXAMINATION: Stage.EXAMINATION,
    State.FINAL_STATEMENT: Stage.FINAL_STATEMENT,
    State.HELD_FOR_REVIEW: Stage.FINAL_STATEMENT,
    State.CLOSED: Stage.CLOSED,
    State.FOLLOW_UP: Stage.FOLLOW_UP,
}
DATES = {
    EventKind.REGISTERED: "registered",
    EventKind.ASSESSMENT_CONCLUDED: "initial_assessment",
    EventKind.GOOD_OFFICES_OFFERED: "good_offices",
    EventKind.MEDIATION_STARTED: "mediation",
    EventKind.EXAMINATION_BEGUN: "examination_started",
    EventKind.FOLLOW_UP_BEGUN: "follow_up",
    EventKind.HELD_FOR_REVIEW: "procedural_review",
}
"""Events whose date is public, with their key in the register."""
REPEATED = frozenset({"follow_up", "procedural_review"})
"""What can happen several times, each with its own number."""


def source_key(case: Case) -> str:
    """Return the key by which the register knows a case; an imported one keeps its own."""
    return case.source_key or f"case:{case.pk}"


def public_title(case: Case) -> str:
    """Return the name under which a case is public: its enterprises, where they may be named."""
    parties = disclosed_parties(case, Audience.PUBLIC)
    named = [
        party.name for party in parties if party.side == Side.RESPONDENT and not party.is_pseudonym
    ]
    return "; ".join(named) or _("An enterprise that is not named")


def public_case(case: Case) -> DisclosedCase:
    """Return the case as the public may know it."""
    return disclosed(case, to=Audience.PUBLIC)


def record(statement: Statement, versions: Iterable[Version], *, closes: bool) -> RecordData:
    """Return the public record of a case with this statement.

    Args:
        versions: the text in each language, the statement's own language among them.
        closes: the case is closed by publishing.
    """
    case = statement.case
    held = PublishedRecord.objects.public().filter(source_key=source_key(case)).first()
    if case.is_archived and held:
        # What was imported says more of an old case than this system knows of it.
        return replace(_as_published(held), stage=STAGES.get(State(case.state), Stage.CLOSED))
    shown = public_case(case)
    texts = {version.language: version for version in versions}
    main = texts[statement.language]
    with override(statement.language):
        name = public_title(case)
    state = State.CLOSED if closes else State(case.state)
    return RecordData(
        source_key=source_key(case),
        title=name,
        lead_ncp=settings.NCP_COUNTRY,
        reference=shown.reference,
        language=statement.language,
        translations={
            language: TranslationData(title=_title_in(case, language), summary=version.summary)
            for language, version in texts.items()
            if language != statement.language
        },
        stage=STAGES.get(state, Stage.RECEIVED),
        submitted_on=_day(shown.received_at),
        concluded_on=_day(case.closed_at or timezone.now()) if state == State.CLOSED else None,
        complainants=tuple(_party(party) for party in shown.complainants),
        respondents=tuple(_party(party) for party in shown.respondents),
        host_countries=tuple(
            dict.fromkeys(code for code in case.issues.values_list("country", flat=True) if code)
        ),
        provisions=_provisions(case),
        outcome=_outcome(case.outcome, ended=bool(case.ended_at)),
        mediator=_mediator(case),
        languages=tuple(texts),
        summary=main.summary,
        timeline=_timeline(case, follow_up_on=statement.follow_up_on),
        notes=_review_note(case, statement.language),
        publisher=dict(current().names),
    )


def _as_published(held: PublishedRecord) -> RecordData:
    """Return a record as it stands on the register."""
    same = {
        name: getattr(held, name)
        for name in (
            "source_key", "title", "lead_ncp", "reference", "language", "sector", "outcome",
            "determination", "mediator", "summary", "source", "source_confidence", "notes",
            "publisher",
        )
    }  # fmt: skip
    return RecordData(
        **same,
        translations={code: TranslationData(**text) for code, text in held.translations.items()},
        supporting_ncps=tuple(held.supporting_ncps),
        submitted_on=held.submitted,
        concluded_on=held.concluded,
        complainants=tuple(PartyData(**party) for party in held.complainants),
        respondents=tuple(PartyData(**party) for party in held.respondents),
        host_countries=tuple(held.host_countries),
        provisions=tuple(ProvisionData(**item) for item in held.provisions),
        languages=tuple(held.languages),
        timeline=tuple(
            TimelineEntry(entry["key"], PartialDate.parse(entry["on"])) for entry in held.timeline
        ),
    )


def document(
    statement: Statement, version: Version, *, finalised_at: datetime, note: str = ""
) -> DocumentData:
    """Return one text as the register takes it."""
    return DocumentData(
        title=version.title,
        markdown=version.text,
        kind=statement.kind,
        language=version.language,
        number=statement.number,
        finalised_on=timezone.localdate(finalised_at),
        correction_note=note,
    )


def _title_in(case: Case, language: str) -> str:
    with override(language):
        return public_title(case)


def _party(party: DisclosedParty) -> PartyData:
    if party.is_pseudonym:
        return PartyData(type=_type(party.kind), withheld=True)
    return PartyData(
        name=party.name,
        type=_type(party.kind),
        native_name=party.native_name,
        home_country=party.country,
    )


def _type(kind: str) -> str:
    word = kind.replace("_", " ")
    return word if word in PartyType.values else ""


def _provisions(case: Case) -> tuple[ProvisionData, ...]:
    cited = [
        ProvisionData(code=str(item), edition=item.edition)
        for issue in case.issues.prefetch_related("provisions")
        for item in issue.provisions.all()
    ]
    return tuple(dict.fromkeys(cited))


def _outcome(outcome: str, *, ended: bool) -> str:
    word = outcome.replace("_", " ")
    if word in Outcome.values:
        return word
    return Outcome.UNKNOWN if ended else Outcome.ONGOING


def _mediator(case: Case) -> str:
    kinds = set(case.events.values_list("kind", flat=True))
    if EventKind.MEDIATION_STARTED in kinds:
        return "external"
    return "internal" if case.replies.filter(accepts=True).count() == 2 else "none"


def _timeline(case: Case, *, follow_up_on: date | None) -> tuple[TimelineEntry, ...]:
    """Return the public dates of a case; every follow-up and every review counts, the rest once."""
    entries = [TimelineEntry("received", _day(case.received_at))]
    seen: dict[str, int] = {}
    for kind, at in case.events.order_by("sequence").values_list("kind", "at"):
        key = DATES.get(EventKind(kind))
        if not key or (key in seen and key not in REPEATED):
            continue
        seen[key] = seen.get(key, 0) + 1
        name = key if seen[key] == 1 else f"{key}_{seen[key]}"
        entries.append(TimelineEntry(name, _day(at)))
    if case.outcome == CaseOutcome.WITHDRAWN and case.ended_at:
        entries.append(TimelineEntry("withdrawn", _day(case.ended_at)))
    if follow_up_on:
        entries.append(TimelineEntry("follow_up_planned", PartialDate(follow_up_on, "day")))
    return tuple(entries)


def _review_note(case: Case, language: str) -> str:
    """Return what the public reads of a review of the procedure: when, how it ended and why."""
    rows = list(case.reviews.filter(decided_at__isnull=False).order_by("decided_at"))
    found = {}
    with override(language):
        for row in rows:
            found[row.decided_at] = _(
                "Review of the procedure, asked for on %(asked)s, decided on %(decided)s: "
                "%(result)s. %(reasons)s"
            ) % {
                "asked": date_format(timezone.localdate(row.asked_at), "j E Y"),
                "decided": date_format(timezone.localdate(row.decided_at), "j E Y"),
                "result": row.get_result_display(),
                "reasons": row.reasons,
            }
    return "\n".join(found.values())


def _day(at: datetime) -> PartialDate:
    return PartialDate(timezone.localdate(at), "day")
