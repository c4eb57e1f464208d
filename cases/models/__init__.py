"""The specific instance and all that belongs to it."""

from cases.models.assessment import Assessment, Decision, GoodOfficesReply, IssueDecision, Vote
from cases.models.audit import AuditPermission, Change, HistoryCheck, Reading, StagedChange
from cases.models.case import Case, Submission
from cases.models.correspondence import CaseDocument, Message, MessageDocument, Request
from cases.models.dossier import Dossier
from cases.models.event import CaseEvent, ChainHead, Correction
from cases.models.issue import CaseLink, Issue, IssueProvision, ParallelProceeding
from cases.models.letter import LetterTemplate, PortalLetter
from cases.models.note import Note, NoteMention, NoteVersion, Task
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
    "Dossier",
    "Erasure",
    "Extension",
    "GoodOfficesReply",
    "HistoryCheck",
    "Issue",
    "IssueDecision",
    "IssueProvision",
    "LegalHold",
    "LetterTemplate",
    "Message",
    "MessageDocument",
    "Note",
    "NoteMention",
    "NoteVersion",
    "Organisation",
    "ParallelProceeding",
    "Participation",
    "Party",
    "Pause",
    "PortalLetter",
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
    "Task",
    "TimeRequest",
    "Vote",
]
