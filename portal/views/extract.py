"""An extract of the record for one's own side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from cases.services import extract
from portal.views.base import PartyView

TYPES = {"pdf": "application/pdf", "json": "application/json"}


class Extract(PartyView):
    """The page that offers it; POST `kind` (pdf, json) gives the file and puts it on record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("portal/extract.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("kind", "")
        if kind not in TYPES:
            raise Http404
        made = extract.make(
            self.case, side=str(self.side), by=request.user, language=get_language() or ""
        )
        body = made.as_json() if kind == "json" else made.as_pdf()
        response = HttpResponse(body, content_type=TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{made.file_name(kind)}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
