"""The specific instance and all that belongs to it."""

from cases.models.assessment import Assessment, Decision, GoodOfficesReply, IssueDecision, Vote
from cases.models.case import Case, Submission
from cases.models.correspondence import CaseDocument, Message, MessageDocument
from cases.models.event import CaseEvent, ChainHead, Correction
from cases.models.issue import CaseLink, Issue, IssueProvision, ParallelProceeding
from cases.models.party import (
    ConflictDeclaration,
    Organisation,
    Participation,
    Party,
    Principal,
    Representation,
)
from cases.models.timeframe import Deadline, DeclaredDay, Extension, Pause, ReferenceCounter

__all__ = [
    "Assessment",
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
    "ReferenceCounter",
    "Representation",
    "Submission",
    "Vote",
]
