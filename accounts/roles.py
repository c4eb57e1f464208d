"""The roles of people who work for or with the NCP. Parties have none: they take part in a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("Officer of the secretariat")
    DECISION_MAKER = "decision_maker", _("Member of the NCP")
    MEDIATOR = "mediator", _("Mediator")
    COORDINATOR = "coordinator", _("Coordinator of a mediation body")
    INTERPRETER = "interpreter", _("Interpreter")
    EXPERT = "expert", _("Expert")
    PARTNER_NCP = "partner_ncp", _("Partner NCP")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


STAFF = frozenset({Role.OFFICER, Role.DECISION_MAKER, Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that work at the desk."""

SECOND_FACTOR_ROLES = frozenset(Role)
"""Whoever has any role signs in with a second factor where the demonstration is off."""


class Scope(models.TextChoices):
    """What a personal token may be used for. A token never allows more than its owner may."""

    CASES_READ = "cases:read", _("Read the cases that I can see")
    DOCUMENTS_READ = "documents:read", _("Download the documents that I can see")
    CASES_WRITE = "cases:write", _("Take the steps of the procedure that I may take")
    MESSAGES_WRITE = "messages:write", _("Write to parties and ask them for something")
    DOCUMENTS_WRITE = "documents:write", _("Add documents")
    DECISIONS_WRITE = "decisions:write", _("Propose, vote and declare in my name")
