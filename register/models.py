"""What is public, and nothing else. No table here refers to a table of another app."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .dates import PartialDate
from .querysets import RecordQuerySet
from .vocabulary import DocumentKind, Outcome, Stage

_PUBLIC = Q(withdrawn_at__isnull=True)


class PublishedRecord(models.Model):
    """One specific instance as the public reads it: a copy of the fields allowed to be public.

    A record that is withdrawn keeps its row, emptied, so that its address answers "gone" and
    the record can come back under the same address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source_key = models.CharField(max_length=200, unique=True)
    reference = models.CharField(max_length=60, blank=True)
    title = models.TextField()
    language = models.CharField(max_length=10, default="en")
    translations = models.JSONField(default=dict)  # language -> {title, summary}
    stage = models.CharField(max_length=30, choices=Stage.choices, blank=True)
    lead_ncp = models.CharField(max_length=2)
    supporting_ncps = ArrayField(models.CharField(max_length=2), default=list)
    submitted_on = models.CharField(max_length=10, blank=True)
    concluded_on = models.CharField(max_length=10, blank=True)
    year = models.SmallIntegerField(null=True)
    sort_on = models.DateField()
    complainants = models.JSONField(default=list)
    respondents = models.JSONField(default=list)
    host_countries = ArrayField(models.CharField(max_length=2), default=list)
    sector = models.CharField(max_length=1, blank=True)
    provisions = models.JSONField(default=list)  # [{code, edition, edition_inferred}]
    chapters = ArrayField(models.CharField(max_length=4), default=list)  # numbering of 2011
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    determination = models.BooleanField(null=True)
    mediator = models.TextField(blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list)
    summary = models.TextField(blank=True)
    timeline = models.JSONField(default=list)  # [{key, on}]
    source = models.TextField(blank=True)
    source_confidence = models.CharField(max_length=60, blank=True)
    notes = models.TextField(blank=True)
    publisher = models.JSONField(default=dict)  # language -> name of the publishing NCP
    months = models.SmallIntegerField(null=True)  # from submission to conclusion

    digest = models.CharField(max_length=64)
    first_published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    search_text = models.TextField(blank=True)  # where hits are shown: all but the titles
    search_vector = SearchVectorField(null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("published record")
        verbose_name_plural = _("published records")
        indexes = [
            models.Index(fields=["-sort_on", "-id"], name="record_newest", condition=_PUBLIC),
            models.Index(
                fields=["year", "-sort_on", "-id"], name="record_by_year", condition=_PUBLIC
            ),
            models.Index(
                fields=["lead_ncp", "-sort_on", "-id"], name="record_by_lead_ncp", condition=_PUBLIC
            ),
            models.Index(
                fields=["outcome", "-sort_on", "-id"], name="record_by_outcome", condition=_PUBLIC
            ),
            models.Index(
                fields=["sector", "-sort_on", "-id"], name="record_by_sector", condition=_PUBLIC
            ),
            models.Index(fields=["-changed_at", "-id"], name="record_by_change"),
            GinIndex(fields=["chapters"], name="record_by_chapter"),
            GinIndex(fields=["host_countries"], name="record_by_host_country"),
            GinIndex(fields=["search_vector"], name="record_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title

    def _translated(self, name: str) -> tuple[str, str]:
        reader = (translation.get_language() or "en").split("-")[0]
        text = self.translations.get(reader, {}).get(name, "")
        return (text, reader) if text else (getattr(self, name), self.language)

    @property
    def title_shown(self) -> str:
        return self._translated("title")[0]

    @property
    def title_language(self) -> str:
        return self._translated("title")[1]

    @property
    def summary_shown(self) -> str:
        return self._translated("summary")[0]

    @property
    def summary_language(self) -> str:
        return self._translated("summary")[1]

    @property
    def submitted(self) -> PartialDate | None:
        return PartialDate.parse(self.submitted_on) if self.submitted_on else None

    @property
    def concluded(self) -> PartialDate | None:
        return PartialDate.parse(self.concluded_on) if self.concluded_on else None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def edition(self) -> str:
        """The edition of the Guidelines, where all citations agree on one."""
        editions = {provision["edition"] for provision in self.provisions}
        return editions.pop() if len(editions) == 1 else ""


class PublishedDocument(models.Model):
    """One version of a statement. Superseded versions stay public."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(PublishedRecord, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=30, choices=DocumentKind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, related_name="superseded_by"
    )
    is_current = models.BooleanField(default=True)
    title = models.TextField()
    markdown = models.TextField()
    html = models.TextField()
    finalised_on = models.DateField(null=True)
    published_at = models.DateTimeField()
    correction_note = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("published document")
        verbose_name_plural = _("published documents")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind", "number", "language", "version"],
                name="document_version_once",
            ),
            models.UniqueConstraint(
                fields=["record", "kind", "number", "language"],
                condition=Q(is_current=True),
                name="document_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PublishedFile(models.Model):
    """The PDF of a document, made when it was published. Apart, so that pages never load it."""

    document = models.OneToOneField(
        PublishedDocument, on_delete=models.CASCADE, primary_key=True, related_name="file"
    )
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.sha256


class RegisterWord(models.Model):
    """A word of the published texts, for forms and spellings that no stemmer joins."""

    word = models.CharField(max_length=60, primary_key=True)
    lexeme = models.CharField(max_length=60)  # Russian or English stem, empty for stop words
    stem = models.CharField(max_length=60)  # Kazakh stem, empty for Latin words

    class Meta:
        indexes = [
            GinIndex(fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["lexeme"], name="word_lexeme"),
            models.Index(fields=["stem"], name="word_stem"),
        ]

    def __str__(self) -> str:
        return self.word


class RegisterFacet(models.Model):
    """A value that the filters offer, because some record has it."""

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="facet_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class RegisterRevision(models.Model):
    """One row that says how often and when the register last changed.

    Its lock is taken last in every write, so the numbers follow the order in which changes become
    visible, and a browser that holds the newest number holds the newest page.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="revision_single_row")]

    def __str__(self) -> str:
        return str(self.number)


class RegisterBranding(models.Model):
    """One row: how the NCP shows itself on public pages, as it was last published."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    names = models.JSONField(default=dict)  # language -> name; so are the next three
    addresses = models.JSONField(default=dict)
    hours = models.JSONField(default=dict)
    legal_bases = models.JSONField(default=dict)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    colours = models.JSONField(default=dict)  # token of the stylesheet -> #rrggbb
    logo = models.BinaryField(blank=True, default=b"")  # PNG

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="branding_single_row")]

    def __str__(self) -> str:
        return str(self.id)
