from intake.forms.base import StepForm
from intake.forms.ending import ArrivalForm, ConfirmCodeForm, ResumeForm, SendForm, VerifyForm
from intake.forms.matter import (
    EnterpriseForm,
    EvidenceForm,
    FileForm,
    IssueForm,
    ProceedingForm,
    ProvisionsForm,
    TriedForm,
    WantedForm,
)
from intake.forms.people import (
    ActingForm,
    ComplainantForm,
    ContactForm,
    PrivacyForm,
    ReachForm,
    RepresentativeForm,
    SafetyForm,
    ShownForm,
)

__all__ = [
    "ActingForm",
    "ArrivalForm",
    "ComplainantForm",
    "ConfirmCodeForm",
    "ContactForm",
    "EnterpriseForm",
    "EvidenceForm",
    "FileForm",
    "IssueForm",
    "PrivacyForm",
    "ProceedingForm",
    "ProvisionsForm",
    "ReachForm",
    "RepresentativeForm",
    "ResumeForm",
    "SafetyForm",
    "SendForm",
    "ShownForm",
    "StepForm",
    "TriedForm",
    "VerifyForm",
    "WantedForm",
]
