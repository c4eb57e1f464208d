"""The text as the public will see it, before it is published: nothing of this is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from register import pdf
from register.markdown import to_html
from register.models import PublishedDocument, PublishedRecord
from register.services import columns_of
from statements import projection
from statements.standing import latest_versions

if TYPE_CHECKING:
    from statements.models import Statement, Version


def as_html(text: str, *, below: int = 3) -> str:
    """Return the text as its page will show it; its headings begin at level `below`."""
    return to_html(text, below)


def as_pdf(statement: Statement, version: Version) -> bytes:
    """Return the PDF that would be published, marked as a draft in its title."""
    versions = latest_versions(statement)
    record = projection.record(
        statement,
        {**versions, version.language: version}.values(),
        closes=statement.ends_the_case and not statement.is_published,
    )
    with override(version.language):
        title = _("Draft: %(title)s") % {"title": version.title}
    document = PublishedDocument(
        kind=statement.kind,
        number=statement.number,
        language=version.language,
        title=title,
        markdown=version.text,
        published_at=timezone.now(),
        correction_note=statement.correction_note_in(version.language),
    )
    return pdf.render(PublishedRecord(**columns_of(record)), document)
