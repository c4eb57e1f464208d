"""Who the invented people are, for the page of sign-ins: collected here for translation.

`User.demonstration` holds "who: what" in English; `User.shown_as` says it in the reader's language.
"""

from django.utils.translation import gettext_noop as _

ABOUT = {
    "river": _("polluted river, just received"),
    "overtime": _("unpaid overtime, name withheld"),
    "electricity": _("electricity bill, not registered"),
    "school": _("building site, withdrawn"),
    "union": _("trade union, initial assessment"),
    "resettlement": _("resettlement, initial assessment"),
    "retail": _("unsafe heaters, members vote"),
    "herders": _("pasture road, good offices offered"),
    "warehouse": _("heat in a warehouse, referred to mediation"),
    "dust": _("cement dust, mediation runs"),
    "seeds": _("seeds and fertiliser, examination"),
    "hotel": _("hotel contracts, comments on the draft statement"),
    "port": _("accidents in a port, published"),
    "bank": _("bank loan, follow-up"),
    "review": _("location data, held for review"),
}
SIDES = {"complainant": _("Complainant"), "respondent": _("Enterprise")}
STAFF = frozenset({
    _("Officer of the secretariat"),
    _("runs the procedure"),
    _("Second officer of the secretariat"),
    _("Member of the NCP"),
    _("votes and signs off"),
    _("Another member of the NCP"),
    _("Chair of the NCP"),
    _("Alternate of a member"),
    _("votes only where the member cannot"),
    _("Coordinator of the mediation body"),
    _("accepts referrals, appoints mediators"),
    _("Mediator"),
    _("sees the cases assigned to her"),
    _("Another mediator of the same body"),
    _("Administrator"),
    _("people and settings, no case"),
    _("Second administrator"),
    _("confirms changes of roles"),
    _("Auditor"),
    _("reads everything but the mediation rooms, names masked, until a date"),
    _("Supporting NCP"),
    _("sees the case that is shared with the NCP of Germany, and comments"),
})  # fmt: skip
"""Both halves of what the data file and the guest say of themselves."""
