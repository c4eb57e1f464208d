"""The specific instance and all that belongs to it."""

from cases.models.assessment import Assessment, Decision, GoodOfficesReply, IssueDecision, Vote
from cases.models.audit import AuditPermission, Change, HistoryCheck, Reading, StagedChange
from cases.models.case import Case, Submission
from cases.models.correspondence import CaseDocument, Message, MessageDocument, Request
from cases.models.event import CaseEvent, ChainHead, Correction
from cases.models.issue import CaseLink, Issue, IssueProvision, ParallelProceeding
from cases.models.party import (
    Authority,
    ConflictDeclaration,
    Organisation,
    Participation,
    Party,
    Principal,
    Representation,
    SentLetter,
)
from cases.models.retention import Erasure, LegalHold
from cases.models.serving import Redaction, Serving
from cases.models.timeframe import (
    Deadline,
    DeclaredDay,
    Extension,
    Pause,
    ReferenceCounter,
    TimeRequest,
)

__all__ = [
    "Assessment",
    "AuditPermission",
    "Authority",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseLink",
    "ChainHead",
    "Change",
    "ConflictDeclaration",
    "Correction",
    "Deadline",
    "Decision",
    "DeclaredDay",
    "Erasure",
    "Extension",
    "GoodOfficesReply",
    "HistoryCheck",
    "Issue",
    "IssueDecision",
    "IssueProvision",
    "LegalHold",
    "Message",
    "MessageDocument",
    "Organisation",
    "ParallelProceeding",
    "Participation",
    "Party",
    "Pause",
    "Principal",
    "Reading",
    "Redaction",
    "ReferenceCounter",
    "Representation",
    "Request",
    "SentLetter",
    "Serving",
    "StagedChange",
    "Submission",
    "TimeRequest",
    "Vote",
]
