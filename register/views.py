"""The public pages. They read register's own tables and nothing else, for everybody the same."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.models.functions import Substr
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import branding, facets, open_data, search
from .caching import public_page, revision
from .feeds import atom
from .figures import tables
from .filters import Filters
from .models import PublishedDocument, PublishedFile, PublishedRecord, RegisterFacet
from .paging import counted, page_of, slice_around
from .statistics import statistics
from .vocabulary import DocumentKind

SHOWN_PARTIES = 15
SITEMAP_LIMIT = 50_000  # of the sitemap protocol
_LATEST_FIRST = [
    DocumentKind.FOLLOW_UP,
    DocumentKind.FINAL,
    DocumentKind.PROGRESS,
    DocumentKind.INITIAL_ASSESSMENT,
]


def _address(name: str, *args: object) -> str:
    """The address of a page that this process may not serve; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@public_page
def record_list(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    text = search.clean_query(request.GET.get("q", ""))
    after, before = request.GET.get("after", "")[:60], request.GET.get("before", "")[:60]
    records = PublishedRecord.objects.public().filtered(filters)
    query = search.understand(text) if text else search.Query("")
    rows: Sequence[PublishedRecord]
    if query:
        hits = search.ranked(records, query)
        ids, newer, older = slice_around(hits, after=after, before=before)
        source = Substr("search_text", 1, search.SNIPPET_SOURCE)
        found = {
            record.pk: record
            for record in PublishedRecord.objects.public()
            .filter(pk__in=ids)
            .cards()
            .annotate(searched=source)
        }
        rows = [found[pk] for pk in ids if pk in found]
        total, has_more = len(hits), len(hits) == search.MAX_HITS
    elif text:
        rows, newer, older, total, has_more = [], "", "", 0, False
    else:
        page = page_of(records.cards(), after=after, before=before)
        rows, newer, older = page.rows, page.newer, page.older
        total, has_more = counted(records)
    return render(
        request,
        "register/list.html",
        {
            "cards": [
                {
                    "record": record,
                    "title": search.mark(record.title_shown, query.forms),
                    "snippet": search.snippet(record.searched, query.forms) if query else [],
                }
                for record in rows
            ],
            "text": text,
            "query": query,
            "filters": filters,
            "fields": facets.filter_fields(filters),
            "active": facets.active_filters(filters, text),
            "unknown": Filters.unknown(request.GET),
            "total": total,
            "has_more": has_more,
            "newer": filters.query(q=text, before=newer) if newer else "",
            "older": filters.query(q=text, after=older) if older else "",
            "filter_query": filters.query(),
            "is_narrowed": bool(text or filters),
            "has_place": bool(newer),
        },
    )


def _record_or_gone(request: HttpRequest, record_id: UUID) -> PublishedRecord | HttpResponse:
    record = get_object_or_404(PublishedRecord.objects.without_search(), pk=record_id)
    if record.is_withdrawn:
        return render(request, "register/gone.html", status=410)
    return record


def _documents(record: PublishedRecord) -> Sequence[PublishedDocument]:
    """All versions of all documents, the latest kind and version first, without their texts."""
    documents = list(
        PublishedDocument.objects.filter(record=record)
        .defer("html", "markdown")
        .annotate(has_pdf=Exists(PublishedFile.objects.filter(document=OuterRef("pk"))))
    )
    order = {kind.value: place for place, kind in enumerate(_LATEST_FIRST)}
    reader = facets.reader_language()
    documents.sort(
        key=lambda d: (order[d.kind], -d.number, d.language != reader, d.language, -d.version)
    )
    return documents


def _timeline(record: PublishedRecord) -> list[dict[str, str]]:
    """The recorded events with the submission, in the order of their dates."""
    events = list(record.timeline)
    if record.submitted_on and not any(entry["key"] == "submitted" for entry in events):
        events.insert(0, {"key": "submitted", "on": record.submitted_on})
    return sorted(events, key=lambda entry: entry["on"])


@public_page
def record_page(request: HttpRequest, record_id: UUID) -> HttpResponse:
    record = _record_or_gone(request, record_id)
    if isinstance(record, HttpResponse):
        return record
    documents = _documents(record)
    shown = next((document for document in documents if document.is_current), None)
    return render(
        request,
        "register/record.html",
        {
            "record": record,
            "parties": [
                (_("Complainants"), record.complainants[:SHOWN_PARTIES],
                 record.complainants[SHOWN_PARTIES:]),
                (_("Enterprises"), record.respondents[:SHOWN_PARTIES],
                 record.respondents[SHOWN_PARTIES:]),
            ],
            "api_url": _address("api-record-detail", record.pk),
            "timeline": _timeline(record),
            "documents": documents,
            "shown": shown,
            "publisher": record.publisher.get(facets.reader_language())
            or record.publisher.get("en", ""),
            "editions": sorted({p["edition"] for p in record.provisions if p["edition"]}),
            "edition_inferred": any(p["edition_inferred"] for p in record.provisions),
            "edition_missing": any(not p["edition"] for p in record.provisions),
        },
    )  # fmt: skip


@public_page
def document_page(request: HttpRequest, record_id: UUID, document_id: UUID) -> HttpResponse:
    record = _record_or_gone(request, record_id)
    if isinstance(record, HttpResponse):
        return record
    document = get_object_or_404(
        PublishedDocument.objects.select_related("superseded_by").defer(
            "markdown", "superseded_by__html", "superseded_by__markdown"
        ),
        pk=document_id,
        record=record,
    )
    valid = None
    if not document.is_current:
        valid = record.documents.filter(
            kind=document.kind,
            number=document.number,
            language=document.language,
            is_current=True,
        ).first()
    return render(
        request,
        "register/document.html",
        {"record": record, "document": document, "valid": valid},
    )


@public_page
def document_pdf(request: HttpRequest, record_id: UUID, document_id: UUID) -> HttpResponse:
    file = get_object_or_404(
        PublishedFile.objects.select_related("document").defer(
            "document__html", "document__markdown"
        ),
        document_id=document_id,
        document__record_id=record_id,
    )
    document = file.document
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    # The file stays as it was published; where it was corrected since, its name says so.
    standing = "" if document.is_current else "-not-valid"
    version = f"v{document.version}{standing}"
    name = f"{document.kind}-{document.language}-{version}-{record_id.hex[:8]}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def feed(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    return HttpResponse(
        atom(request, filters, revision(request)[1]),
        content_type="application/atom+xml; charset=utf-8",
    )


@public_page
def statistics_page(request: HttpRequest) -> HttpResponse:
    figures = statistics(revision(request))
    return render(
        request,
        "register/statistics.html",
        {"total": figures.total, "median": figures.median_months, "tables": tables(figures)},
    )


@public_page
def about(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "register/about.html",
        {
            "columns": open_data.meanings(),
            "changed_at": revision(request)[1],
            "api_docs": _address("api-docs"),
        },
    )


def _file(lines: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def csv_file(request: HttpRequest) -> StreamingHttpResponse:
    records = PublishedRecord.objects.public().filtered(Filters.read(request.GET))
    lines = open_data.csv_lines(records)
    return _file(lines, "text/csv; charset=utf-8", "specific-instances.csv")


@public_page
def json_file(request: HttpRequest) -> StreamingHttpResponse:
    records = PublishedRecord.objects.public().filtered(Filters.read(request.GET))
    lines = open_data.json_lines(records)
    return _file(lines, "application/json; charset=utf-8", "specific-instances.json")


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    years = RegisterFacet.objects.filter(kind="year").values_list("value", flat=True)
    addresses = [
        settings.SITE_URL + reverse("register:sitemap_of_year", args=[int(year)])
        for year in [*sorted(years), "0"]
    ]
    return render(
        request, "register/sitemap.xml", {"maps": addresses}, content_type="application/xml"
    )


@public_page
def sitemap_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """Records of a year; those without a year under 0."""
    if year > 9999:
        raise Http404
    records = PublishedRecord.objects.public()
    records = records.filter(year=year) if year else records.filter(year__isnull=True)
    pages = [
        (
            settings.SITE_URL + reverse("register:record", args=[pk]),
            timezone.localdate(changed_at).isoformat(),
        )
        for pk, changed_at in records.newest_first().values_list("id", "changed_at")[:SITEMAP_LIMIT]
    ]
    return render(request, "register/sitemap.xml", {"pages": pages}, content_type="application/xml")


@require_safe
def colours(request: HttpRequest, digest: str) -> HttpResponse:
    """The NCP's colours as a stylesheet of this origin: nothing of it stands in a page."""
    return _of_branding(branding.current().stylesheet.encode(), "text/css; charset=utf-8", digest)


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    picture = branding.current().logo
    if not picture:
        raise Http404
    return _of_branding(picture, "image/png", digest)


def _of_branding(content: bytes, content_type: str, digest: str) -> HttpResponse:
    """Kept for good under its digest. Another process may not know the newest one yet, and then
    what is in force here is shown for a moment."""
    response = HttpResponse(content, content_type=content_type)
    if digest == branding.current().digest:
        patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=30)
    return response
