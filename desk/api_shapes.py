"""What the API says of a case: each field is named here, so that nothing else can slip in."""

from __future__ import annotations

from rest_framework import serializers

from cases.disclosure import Audience
from cases.timeframes import Standing
from cases.workflow import State


class CaseProblemSerializer(serializers.Serializer):
    """What went wrong, after RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        required=False,
        child=serializers.ListField(child=serializers.CharField()),
        help_text="By field, where the fault is in what was sent.",
    )


class CaseSummarySerializer(serializers.Serializer):
    """A case as the worklist shows it."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api-case-detail", lookup_field="pk")
    reference = serializers.CharField(help_text="Empty before registration.")
    receipt_id = serializers.CharField(help_text="Empty where the reader is not to know it.")
    title = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    state_label = serializers.CharField()
    outcome = serializers.CharField(help_text="Empty while there is none.")
    officer = serializers.CharField(help_text="Name; empty where nobody is named.")
    received_at = serializers.DateTimeField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due_kind = serializers.CharField(help_text="Empty where nothing is due.")
    standing = serializers.ChoiceField(
        [*Standing.choices, ("", "")], help_text="How the next deadline stands."
    )
    reprisal_risk = serializers.BooleanField(
        allow_null=True, help_text="Null where the reader is not to know it."
    )


class CasePageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    previous = serializers.CharField(allow_null=True)
    results = CaseSummarySerializer(many=True)


class CasePartySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    side = serializers.CharField(help_text="complainant or respondent")
    kind = serializers.CharField(help_text="Empty where the name is withheld.")
    name = serializers.CharField(help_text="A pseudonym where the name is withheld from you.")
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


class CaseRepresentativeSerializer(serializers.Serializer):
    name = serializers.CharField()
    principals = serializers.IntegerField(help_text="For how many people they act.")


class CaseIssueSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    place = serializers.CharField()
    started = serializers.CharField(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    ended = serializers.CharField()
    is_ongoing = serializers.BooleanField()
    is_approximate = serializers.BooleanField()
    provisions = serializers.ListField(child=serializers.CharField())
    editions = serializers.ListField(child=serializers.CharField())
    accepted = serializers.BooleanField(allow_null=True, help_text="Null before the decision.")
    outcome = serializers.CharField()
    reasons = serializers.CharField()


class CaseDeadlineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField()
    due_on = serializers.DateField()
    owed_by = serializers.CharField()
    standing = serializers.ChoiceField(Standing.choices)
    explanation = serializers.CharField(help_text="How the date comes about, step by step.")
    overdue_reason = serializers.CharField()


class CaseEventSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    label = serializers.CharField()


class ListedEventSerializer(CaseEventSerializer):
    id = serializers.UUIDField(help_text="Give the last one as `after` to go on from there.")


class EventPageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    results = ListedEventSerializer(many=True)


class CaseDocumentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    side = serializers.CharField(help_text="Whose document it is; empty: the NCP's.")
    audience = serializers.CharField()
    state = serializers.CharField(source="document.state", help_text="pending, clean or refused")
    provided_at = serializers.DateTimeField()


class FieldSerializer(serializers.Serializer):
    """A field of an action as it is for this case now."""

    name = serializers.CharField()
    label = serializers.CharField()
    hint = serializers.CharField()
    type = serializers.CharField(
        help_text="text, integer, date, boolean, choice, choices, file or datetime"
    )
    required = serializers.BooleanField()
    max_length = serializers.IntegerField(allow_null=True)
    choices = serializers.DictField(
        child=serializers.CharField(), help_text="Value and label; empty where anything goes."
    )


class CaseActionSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    hint = serializers.CharField()
    is_next = serializers.BooleanField()
    is_grave = serializers.BooleanField(help_text="It cannot be taken back by yourself.")
    href = serializers.CharField(
        allow_null=True,
        help_text="Where to POST it. Null: it is done on its page, for the reason in the manual.",
    )
    scope = serializers.CharField(help_text="What the token must have been made for.")


class DescribedActionSerializer(CaseActionSerializer):
    fields = FieldSerializer(many=True)  # type: ignore[assignment]


class CaseSerializer(serializers.Serializer):
    """A case as its page shows it to the owner of the token."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    receipt_id = serializers.CharField()
    title = serializers.CharField(source="name")
    state = serializers.ChoiceField(State.choices)
    state_label = serializers.CharField()
    next_step = serializers.CharField()
    outcome = serializers.CharField()
    is_open = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    follow_up_on = serializers.DateField(allow_null=True)
    rule_set = serializers.CharField(source="rule_set_label")
    read_as = serializers.ChoiceField(
        [(item.value, item.name) for item in Audience],
        source="to",
        help_text="In which capacity the case is shown.",
    )
    parties = CasePartySerializer(many=True)
    representatives = CaseRepresentativeSerializer(many=True)
    issues = CaseIssueSerializer(many=True)
    deadlines = CaseDeadlineSerializer(many=True)
    events = CaseEventSerializer(many=True)


class WholeCaseSerializer(CaseSerializer):
    row_version = serializers.IntegerField(
        help_text='Send it back as `If-Match: "7"` with whatever you write.'
    )
    documents = CaseDocumentSerializer(many=True)
    actions = CaseActionSerializer(many=True, help_text="What the owner of the token may do now.")


class DoneSerializer(serializers.Serializer):
    """What a write was answered."""

    message = serializers.CharField()
    case = WholeCaseSerializer(
        allow_null=True, help_text="As it is now; null where you see it no more."
    )
