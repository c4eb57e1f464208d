"""The specific instance and all that belongs to it."""

from cases.models.assessment import (
    Assessment,
    Decision,
    DecisionDrafter,
    GoodOfficesReply,
    IssueDecision,
    Vote,
)
from cases.models.audit import AuditPermission, Change, HistoryCheck, Reading, StagedChange
from cases.models.case import Case, Submission
from cases.models.consultation import (
    Consultation,
    ConsultationDocument,
    ConsultationReminder,
    ConsultedBody,
)
from cases.models.coordination import (
    CaseTie,
    Coordination,
    ForeignCase,
    NcpComment,
    NcpContact,
    NcpGuest,
    NcpInvitation,
    NcpRelease,
    NcpShare,
)
from cases.models.correspondence import (
    CaseDocument,
    Message,
    MessageDocument,
    MessageReading,
    Request,
)
from cases.models.deputy import Deputy
from cases.models.dossier import Dossier
from cases.models.ending import (
    Ceasing,
    LapseNotice,
    ReviewRequest,
    ReviewWindow,
    Settlement,
    SettlementAnswer,
    Withdrawal,
)
from cases.models.event import CaseEvent, ChainHead, Correction
from cases.models.follow_up import Commitment, CommitmentReport, FollowUpRound
from cases.models.interest import (
    AnnualDeclaration,
    Challenge,
    Interest,
    InterestReminder,
    PrefilledLine,
)
from cases.models.issue import CaseLink, Issue, IssueProvision, ParallelProceeding
from cases.models.letter import LetterTemplate, PortalLetter
from cases.models.meeting import (
    Absence,
    AgendaItem,
    Attendance,
    Meeting,
    ProtocolSignature,
    Seat,
)
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
from cases.models.proceeding import ProceedingCheck, ProceedingOverlap
from cases.models.recall import Recall, RecallReader
from cases.models.retention import Erasure, LegalHold
from cases.models.search import MeetingText, SearchState, SearchText
from cases.models.serving import Redaction, Serving
from cases.models.timeframe import (
    Deadline,
    DeclaredDay,
    Extension,
    Pause,
    ReferenceCounter,
    TimeRequest,
)
from cases.models.transfer import (
    FiledMail,
    Incoming,
    PassingConsent,
    TakenIn,
    Transfer,
    TransferredDocument,
)
from cases.models.undoing import Undone
from cases.models.workshop import DraftEditor, DraftReasons, Evidence, Gist, Position
from cases.models.write_up import WriteUp

__all__ = [
    "Absence",
    "AgendaItem",
    "AnnualDeclaration",
    "Assessment",
    "Attendance",
    "AuditPermission",
    "Authority",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseLink",
    "CaseTie",
    "Ceasing",
    "ChainHead",
    "Challenge",
    "Change",
    "Commitment",
    "CommitmentReport",
    "ConflictDeclaration",
    "Consultation",
    "ConsultationDocument",
    "ConsultationReminder",
    "ConsultedBody",
    "Coordination",
    "Correction",
    "Deadline",
    "Decision",
    "DecisionDrafter",
    "DeclaredDay",
    "Deputy",
    "Dossier",
    "DraftEditor",
    "DraftReasons",
    "Erasure",
    "Evidence",
    "Extension",
    "FiledMail",
    "FollowUpRound",
    "ForeignCase",
    "Gist",
    "GoodOfficesReply",
    "HistoryCheck",
    "Incoming",
    "Interest",
    "InterestReminder",
    "Issue",
    "IssueDecision",
    "IssueProvision",
    "LapseNotice",
    "LegalHold",
    "LetterTemplate",
    "Meeting",
    "MeetingText",
    "Message",
    "MessageDocument",
    "MessageReading",
    "NcpComment",
    "NcpContact",
    "NcpGuest",
    "NcpInvitation",
    "NcpRelease",
    "NcpShare",
    "Note",
    "NoteMention",
    "NoteVersion",
    "Organisation",
    "ParallelProceeding",
    "Participation",
    "Party",
    "PassingConsent",
    "Pause",
    "PortalLetter",
    "Position",
    "PrefilledLine",
    "Principal",
    "ProceedingCheck",
    "ProceedingOverlap",
    "ProtocolSignature",
    "Reading",
    "Recall",
    "RecallReader",
    "Redaction",
    "ReferenceCounter",
    "Representation",
    "Request",
    "ReviewRequest",
    "ReviewWindow",
    "SearchState",
    "SearchText",
    "Seat",
    "SentLetter",
    "Serving",
    "Settlement",
    "SettlementAnswer",
    "StagedChange",
    "Submission",
    "TakenIn",
    "Task",
    "TimeRequest",
    "Transfer",
    "TransferredDocument",
    "Undone",
    "Vote",
    "Withdrawal",
    "WriteUp",
]
