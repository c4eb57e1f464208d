import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.querysets import ParticipationQuerySet, PartyQuerySet, TermQuerySet
from sealing.fields import SealedTextField


class Side(models.TextChoices):
    COMPLAINANT = "complainant", _("Complainant")
    RESPONDENT = "respondent", _("Enterprise")


class PartyKind(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual")
    COMMUNITY = "community", _("Community")
    TRADE_UNION = "trade_union", _("Trade union")
    NGO = "ngo", _("Non-governmental organisation")
    BUSINESS = "business", _("Business")
    ASSOCIATION = "association", _("Association")
    STATE_BODY = "state_body", _("State body")
    OTHER = "other", _("Other")


class RespondentRole(models.TextChoices):
    CAUSED = "caused", _("It caused the harm")
    CONTRIBUTED = "contributed", _("It contributed to the harm")
    LINKED = "linked", _("It is linked to the harm by its business")
    UNKNOWN = "unknown", _("Not known")


class Organisation(models.Model):
    """A legal person, the same in every case that it is a party to. Names of legal persons are
    not sealed."""

    name = models.CharField(max_length=300)
    native_name = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    website = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "country"], name="one_row_per_organisation")
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """Somebody on one side of a case.

    Identity has four audiences, each decided apart: named officers of the NCP always know it; the
    mediator, the respondent and the public only where the flag says so. Everybody else reads the
    pseudonym.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="parties")
    side = models.CharField(max_length=12, choices=Side.choices)
    kind = models.CharField(max_length=12, choices=PartyKind.choices)
    position = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="parties"
    )
    name = SealedTextField(_("name"))
    name_index = models.CharField(max_length=40, blank=True, db_index=True)
    email = SealedTextField(blank=True)
    email_index = models.CharField(max_length=40, blank=True, db_index=True)
    phone = SealedTextField(blank=True)
    address = SealedTextField(blank=True)
    safe_contact = SealedTextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, default="en")
    structure = SealedTextField(blank=True)
    role_in_harm = models.CharField(max_length=12, choices=RespondentRole.choices, blank=True)

    shown_to_mediator = models.BooleanField(default=True)
    shown_to_respondent = models.BooleanField(default=True)
    shown_to_public = models.BooleanField(default=True)
    withholding_reason = SealedTextField(blank=True)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["side", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "side", "position"], name="one_party_per_position"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_withheld(self) -> bool:
        """Tell whether the identity is kept from anybody."""
        return not (self.shown_to_mediator and self.shown_to_respondent and self.shown_to_public)

    @property
    def pseudonym(self) -> str:
        """Return what those read who may not know the name."""
        if self.side == Side.RESPONDENT:
            return _("Enterprise %(number)s") % {"number": self.position}
        return _("Complainant %(number)s") % {"number": self.position}


class Representation(models.Model):
    """Who acts for whom, by which mandate, from when until when."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="representations")
    side = models.CharField(max_length=12, choices=Side.choices, default=Side.COMPLAINANT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = SealedTextField()
    kind = models.CharField(max_length=12, choices=PartyKind.choices)
    email = SealedTextField(blank=True)
    email_index = models.CharField(max_length=40, blank=True, db_index=True)
    phone = SealedTextField(blank=True)
    mandate = SealedTextField(blank=True)
    shown_to_mediator = models.BooleanField(default=True)
    shown_to_respondent = models.BooleanField(default=True)
    shown_to_public = models.BooleanField(default=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class Principal(models.Model):
    """One of the people (hundreds are possible) for whom a representative acts."""

    representation = models.ForeignKey(
        Representation, on_delete=models.PROTECT, related_name="principals"
    )
    name = SealedTextField()
    name_index = models.CharField(max_length=40, blank=True, db_index=True)

    class Meta:
        ordering = ["id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.representation.case.data_key_id


class ParticipationRole(models.TextChoices):
    OFFICER = "officer", _("Officer named on the case")
    PARTY_MEMBER = "party_member", _("Party")
    REPRESENTATIVE = "representative", _("Representative")
    MEDIATOR = "mediator", _("Mediator")
    COORDINATOR = "coordinator", _("Coordinator")
    PARTNER_NCP = "partner_ncp", _("Partner NCP")
    EXPERT = "expert", _("Expert")
    INTERPRETER = "interpreter", _("Interpreter")


class Participation(models.Model):
    """What a person may see of a case, from when until when; upper apps write it."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="participations")
    user = models.ForeignKey(  # the index below begins with it
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="participations",
        db_index=False,
    )
    role = models.CharField(max_length=16, choices=ParticipationRole.choices)
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    is_counsel = models.BooleanField(default=False)  # a lawyer, as their side says
    counsel_confirmed_at = models.DateTimeField(null=True, blank=True)
    """Since when they read what is for counsel only: an officer checked who they are and gave
    them a code that their side does not know."""
    counsel_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = SealedTextField(blank=True)
    """Who it is, as the party's own side wrote it."""
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The main person who added them; empty for the main person."""
    awaits_authority = models.BooleanField(default=False)
    """Nothing but the notice is shown before an officer confirmed for whom the person acts."""
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "role"],
                condition=Q(until=None),
                name="one_open_participation_of_a_kind",
            )
        ]
        indexes = [
            # The planner never proved that the words of a query imply those of a partial index.
            # All that is asked of a person in every list: no row is read for it.
            models.Index(
                fields=["user", "role", "case"],
                include=["since", "until", "awaits_authority"],
                name="participation_of_a_person",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class Authority(models.Model):
    """Who somebody says they are and for whom they act; an officer confirms it or asks again."""

    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, related_name="authority"
    )
    name = SealedTextField()
    function = SealedTextField()
    statement = SealedTextField(blank=True)
    documents = models.ManyToManyField("documents.Document", related_name="+")
    stated_at = models.DateTimeField(default=timezone.now)
    refusal = SealedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(default=False)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.participation.case.data_key_id


class SentLetter(models.Model):
    """How and when a letter with an access code went out."""

    class Way(models.TextChoices):
        POST = "post", _("Registered post")
        COURIER = "courier", _("Courier")
        IN_PERSON = "in_person", _("Handed over in person")

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="letters")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="letters")
    way = models.CharField(max_length=10, choices=Way.choices)
    sent_on = models.DateField()
    note = SealedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_on", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class ConflictDeclaration(models.Model):
    """A person declares, per case, whether they have a conflict of interest. The latest row
    counts."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    explanation = SealedTextField(blank=True)
    explanation_cut_at = models.DateTimeField(null=True, blank=True)
    """When words were taken out of it because the interest behind them was taken back."""
    declared_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(superseded_at=None),
                name="one_standing_declaration",
            )
        ]
        indexes = [
            models.Index(
                fields=["user"],
                condition=Q(has_conflict=True, superseded_at=None),
                name="conflict_standing",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
