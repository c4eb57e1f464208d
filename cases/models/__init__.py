"""The specific instance and all that belongs to it."""

from cases.models.assessment import Assessment, Decision, GoodOfficesReply, IssueDecision, Vote
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
    "Authority",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseLink",
    "ChainHead",
    "ConflictDeclaration",
    "Correction",
    "Deadline",
    "Decision",
    "DeclaredDay",
    "Extension",
    "GoodOfficesReply",
    "Issue",
    "IssueDecision",
    "IssueProvision",
    "Message",
    "MessageDocument",
    "Organisation",
    "ParallelProceeding",
    "Participation",
    "Party",
    "Pause",
    "Principal",
    "Redaction",
    "ReferenceCounter",
    "Representation",
    "Request",
    "SentLetter",
    "Serving",
    "Submission",
    "TimeRequest",
    "Vote",
]
