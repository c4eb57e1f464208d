"""The open half of the API: published records, read-only, with the filters of the pages."""

from typing import Any

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Prefetch
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from . import open_data, search
from .caching import public_page
from .filters import Filters
from .models import PublishedDocument, PublishedRecord
from .paging import page_of, read_token, slice_around
from .vocabulary import CHAPTERS, SECTORS, DocumentKind, Outcome, Stage


class PublicThrottle(AnonRateThrottle):
    """So many requests a minute for each network address, counted in this process alone.

    A shared count would write to the database for every anonymous reader.
    """

    scope = "public"
    cache = LocMemCache("register-throttle", {})

    def get_ident(self, request: Request) -> str:
        """The address that the outermost trusted proxy saw; what clients claim does not count."""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        proxies = getattr(settings, "TRUSTED_PROXIES", 0)
        if proxies and forwarded[0]:
            return forwarded[-min(proxies, len(forwarded))].strip()
        return request.META.get("REMOTE_ADDR", "")


class PartySerializer(serializers.Serializer):
    name = serializers.CharField(help_text="Empty when withheld.")
    type = serializers.CharField()
    native_name = serializers.CharField()
    native_name_confidence = serializers.CharField()
    home_country = serializers.CharField(help_text="ISO 3166-1, empty when not known.")
    withheld = serializers.BooleanField()


class ProvisionSerializer(serializers.Serializer):
    code = serializers.CharField()
    edition = serializers.CharField(help_text="2000, 2011, 2023, or empty when not recorded.")
    edition_inferred = serializers.BooleanField()


class TimelineSerializer(serializers.Serializer):
    key = serializers.CharField()
    on = serializers.CharField(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")


class DocumentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(DocumentKind.choices)
    number = serializers.IntegerField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    is_current = serializers.BooleanField()
    title = serializers.CharField()
    finalised_on = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField()
    correction_note = serializers.CharField()
    page_url = serializers.CharField()
    pdf_url = serializers.CharField()


class RecordSerializer(serializers.Serializer):
    """What `open_data.as_data` gives; a test holds both to the same fields."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    translations = serializers.DictField()
    lead_ncp = serializers.CharField()
    supporting_ncps = serializers.ListField(child=serializers.CharField())
    stage = serializers.ChoiceField([*Stage.choices, ("", "")])
    outcome = serializers.ChoiceField(Outcome.choices)
    determination = serializers.BooleanField(allow_null=True)
    submitted_on = serializers.CharField(allow_null=True)
    concluded_on = serializers.CharField(allow_null=True)
    months = serializers.IntegerField(allow_null=True)
    complainants = PartySerializer(many=True)
    respondents = PartySerializer(many=True)
    host_countries = serializers.ListField(child=serializers.CharField())
    sector = serializers.CharField()
    chapters = serializers.ListField(child=serializers.CharField())
    provisions = ProvisionSerializer(many=True)
    mediator = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    summary = serializers.CharField()
    timeline = TimelineSerializer(many=True)
    source = serializers.CharField()  # type: ignore[assignment]
    source_confidence = serializers.CharField()
    notes = serializers.CharField()
    publisher = serializers.DictField(child=serializers.CharField())
    published_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    page_url = serializers.CharField()
    documents = DocumentSerializer(many=True)


class RecordListSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RecordSerializer(many=True)


class ProblemSerializer(serializers.Serializer):
    """What went wrong, after RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        required=False, child=serializers.ListField(child=serializers.CharField())
    )


class Gone(APIException):
    status_code = status.HTTP_410_GONE
    default_detail = gettext_lazy("This record was withdrawn from the register.")
    default_code = "gone"


def _problems(*codes: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    return {(code, "application/problem+json"): ProblemSerializer for code in codes}


FILTERS = [
    OpenApiParameter("q", str, description='Words, "a phrase", -excluded; the best match first.'),
    OpenApiParameter("year", int, description="Year of the submission."),
    OpenApiParameter("chapter", str, enum=list(CHAPTERS), description="Numbering of 2011."),
    OpenApiParameter("sector", str, enum=list(SECTORS), description="Section of ISIC Rev. 4."),
    OpenApiParameter("country", str, description="Host country, ISO 3166-1 alpha-2."),
    OpenApiParameter("outcome", str, enum=Outcome.values),
    OpenApiParameter("lead_ncp", str, description="Country of the lead NCP, ISO 3166-1 alpha-2."),
    OpenApiParameter("after", str, description="As given in `next`."),
    OpenApiParameter("before", str, description="As given in `previous`."),
]
_WITH_DOCUMENTS = Prefetch(
    "documents",
    PublishedDocument.objects.defer("html", "markdown").order_by(
        "kind", "number", "language", "-version"
    ),
)


def _data(request: Request, record: PublishedRecord) -> dict[str, Any]:
    def address(name: str, *args: Any) -> str:
        return request.build_absolute_uri(reverse(f"register:{name}", args=args))

    return {
        **open_data.as_data(record),
        "page_url": address("record", record.pk),
        "documents": [
            {
                "id": str(document.pk),
                "kind": document.kind,
                "number": document.number,
                "language": document.language,
                "version": document.version,
                "is_current": document.is_current,
                "title": document.title,
                "finalised_on": document.finalised_on,
                "published_at": document.published_at,
                "correction_note": document.correction_note,
                "page_url": address("document", record.pk, document.pk),
                "pdf_url": address("document_pdf", record.pk, document.pk),
            }
            for document in record.documents.all()
        ],
    }


class PublicView(APIView):
    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [PublicThrottle]


class RecordListView(PublicView):
    @extend_schema(
        operation_id="records_list",
        tags=["Published records"],
        summary="Published records, the newest first",
        parameters=FILTERS,
        responses={200: RecordListSerializer, **_problems(400, 404, 429)},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        query_string = request.query_params
        unknown = Filters.unknown(query_string)
        if unknown:
            raise ValidationError({name: [_("This value is not known.")] for name in unknown})
        after, before = query_string.get("after", ""), query_string.get("before", "")
        filters, text = Filters.read(query_string), search.clean_query(query_string.get("q", ""))
        records = (
            PublishedRecord.objects.public().filtered(filters).without_search()
        ).prefetch_related(_WITH_DOCUMENTS)
        if text:
            query = search.understand(text)
            hits = search.ranked(records.prefetch_related(None), query) if query else []
            ids, newer, older = slice_around(hits, after=after, before=before)
            found = {record.pk: record for record in records.filter(pk__in=ids)}
            rows = [found[pk] for pk in ids if pk in found]
        else:
            for name, value in (("after", after), ("before", before)):
                if value and read_token(value) is None:
                    raise ValidationError({name: [_("This value is not known.")]})
            page = page_of(records, after=after, before=before)
            rows, newer, older = page.rows, page.newer, page.older

        def link(**place: str) -> str:
            return request.build_absolute_uri(f"{request.path}?{filters.query(q=text, **place)}")

        return Response(
            {
                "next": link(after=older) if older else None,
                "previous": link(before=newer) if newer else None,
                "results": [_data(request, record) for record in rows],
            }
        )


class RecordView(PublicView):
    @extend_schema(
        operation_id="records_retrieve",
        tags=["Published records"],
        summary="One published record",
        responses={200: RecordSerializer, **_problems(404, 410, 429)},
        auth=[],
    )
    def get(self, request: Request, record_id: str) -> Response:
        record = (
            PublishedRecord.objects.without_search()
            .prefetch_related(_WITH_DOCUMENTS)
            .filter(pk=record_id)
            .first()
        )
        if record is None:
            raise NotFound
        if record.is_withdrawn:
            raise Gone
        return Response(_data(request, record))


urlpatterns = [
    path("records/", public_page(RecordListView.as_view()), name="api-record-list"),
    path(
        "records/<uuid:record_id>/",
        public_page(RecordView.as_view()),
        name="api-record-detail",
    ),
]
