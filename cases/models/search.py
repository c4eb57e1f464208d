import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.querysets import MeetingTextQuerySet, SearchTextQuerySet
from sealing.fields import SealedTextField


class Place(models.TextChoices):
    """Where in a case a text stands."""

    TITLE = "title", _("Case")
    PARTY = "party", _("Party")
    ISSUE = "issue", _("Issue")
    SUBMISSION = "submission", _("Submission")
    MESSAGE = "message", _("Message")
    REQUEST = "request", _("Request of the office")
    DECISION = "decision", _("Decision")
    DOCUMENT = "document", _("Document")
    PROCEEDING = "proceeding", _("Other proceeding")
    NOTE = "note", _("Note")
    CONSULTATION = "consultation", _("Advice of others")
    MEETING = "meeting", _("Meeting")
    STATEMENT = "statement", _("Statement")
    FOLLOW_UP = "follow_up", _("Follow-up")
    LETTER = "letter", _("Letter")


class Readers(models.TextChoices):
    """Who of those who see the case finds a text."""

    CASE = "case", _("Whoever sees the case")
    NCP = "ncp", _("Those who read the record")
    NAMED = "named", _("The officers named on the case")


class SearchText(models.Model):
    """A text that staff search: one place of one case, with its readers.

    This is the one table in which content of cases lies readable. What only named officers may
    know (withheld names, reports of pressure) is sealed here too: `text` is empty, and the lexemes
    in `vector` are keyed digests. Rows are derived: `cases.search` writes and removes them.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="search_texts")
    place = models.CharField(max_length=12, choices=Place.choices)
    source = models.UUIDField()
    """The row that the text is of; the case itself where that has no id of its own."""
    part = models.PositiveSmallIntegerField(default=0)
    readers = models.CharField(max_length=5, choices=Readers.choices)
    at = models.DateTimeField()
    digest = models.CharField(max_length=40)
    """Keyed; equal where nothing changed since the row was written."""
    text = models.TextField(blank=True)
    sealed = SealedTextField(blank=True)
    vector = SearchVectorField()

    objects = SearchTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "place", "source", "part", "readers"],
                name="one_search_text_of_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(readers="named") | Q(text=""),
                name="what_named_officers_know_is_sealed",
            ),
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_text_vector", fastupdate=False),
            models.Index(fields=["-at", "-id"], name="search_text_newest"),
            GinIndex(
                fields=["text"],
                name="search_text_names",
                opclasses=["gin_trgm_ops"],
                condition=Q(readers="case"),
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class SearchState(models.Model):
    """How far a case is in the search: what the sweep compares."""

    case = models.OneToOneField(
        "cases.Case", on_delete=models.CASCADE, primary_key=True, related_name="search_state"
    )
    length = models.PositiveIntegerField(default=0)
    """The length of the history when the texts were read."""
    waits_for_files = models.BooleanField(default=False)
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["case"], condition=Q(waits_for_files=True), name="search_waits_for_files"
            )
        ]


class MeetingText(models.Model):
    """What staff search of a meeting beside the points on cases: it hangs on no case.

    Derived: `cases.search.meetings` writes it in the transaction that changes the meeting.
    """

    meeting = models.OneToOneField(
        "cases.Meeting", on_delete=models.CASCADE, primary_key=True, related_name="search_text"
    )
    at = models.DateTimeField()
    text = models.TextField()
    vector = SearchVectorField()

    objects = MeetingTextQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="meeting_text_vector")]
