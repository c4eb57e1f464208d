"""What the two sides and the authority are told of material that reached the wrong side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.letters.drafts import language_of
from cases.models.party import Side
from cases.services import recall as service
from cases.services.deadlines import calendar, today
from office.current import current

if TYPE_CHECKING:
    from cases.models import Recall, RecallReader


def to_sides(recall: Recall) -> tuple[str, str]:
    """Return what the side that got it and the other side are told, each in its language; nothing
    of what the material says."""
    wrong = Side(recall.wrong_side)
    other = Side.RESPONDENT if wrong == Side.COMPLAINANT else Side.COMPLAINANT
    with override(language_of(recall.case, wrong)):
        to_wrong = _(
            "By a mistake of this office you were shown or sent material that was not meant for "
            "you. You cannot open it any more. Please do not use it and do not pass it on. If you "
            "saved, printed or copied it, delete or destroy that, and confirm it in your case. You "
            "did nothing wrong, and it changes nothing in your case."
        )
    with override(language_of(recall.case, other)):
        to_other = _(
            "By a mistake of this office, material that concerns you or this case was shown or "
            "sent to the other side. It happened on %(reached)s and we found it on %(found)s. We "
            "ended the access at once and asked the other side to delete what it kept. We record "
            "who read it and tell you if you ask. We are sorry. If you fear that it harms you, "
            "tell us at once: nobody else reads that message. You may also turn to the authority "
            "for the protection of personal data."
        ) % {
            "reached": date_format(localtime(recall.reached_at or recall.proposed_at), "j E Y"),
            "found": date_format(localtime(recall.found_at), "j E Y"),
        }
    return to_wrong, to_other


def to_authority(recall: Recall, readers: list[RecallReader], *, language: str) -> tuple[str, str]:
    """Return subject and text of the note to the data protection authority: what happened when,
    what stands in it, who could read it, what was done. No names."""
    with override(language):
        office = current()
        opened = sum(1 for row in readers if row.first_read_at)
        promised = sum(1 for row in readers if row.promised_at)
        lines = [
            _("To the authority for the protection of personal data"),
            date_format(today(), "j E Y"),
            _("We tell you of a breach of personal data that we found on %(day)s.")
            % {"day": date_format(localtime(recall.found_at), "j E Y, H:i")},
            _("What happened: %(what)s reached a person who should not have had it, on %(day)s.")
            % {
                "what": recall.get_what_display(),
                "day": date_format(localtime(recall.reached_at or recall.proposed_at), "j E Y"),
            },
            _("Personal data in it: %(holds)s") % {"holds": recall.holds or "[[…]]"},
            _("People who had access: %(count)s; opened by: %(opened)s.")
            % {"count": len(readers), "opened": opened},
            _("What may follow for the people concerned: [[…]]"),
            _(
                "What we did: access was ended on %(day)s, the recipients were asked to delete "
                "what they kept (%(promised)s promises so far), the people concerned were told."
            )
            % {
                "day": date_format(localtime(recall.proposed_at), "j E Y, H:i"),
                "promised": promised,
            },
            _("Contact: %(name)s, %(phone)s, %(email)s")
            % {"name": office.name(language), "phone": office.phone, "email": office.email},
        ]
        return _("Notice of a breach of personal data"), "\n\n".join(lines)


def by_when(recall: Recall) -> str:
    """Return by when the authority must be told, in words."""
    moment = service.latest_moment(recall)
    if moment is not None:
        return date_format(localtime(moment), "j E Y, H:i")
    day = recall.deadline.due_on if recall.deadline else calendar().working_day_from(today())
    return _("the end of %(day)s") % {"day": date_format(day, "j E Y")}
