from django.urls import path

from desk.views import (
    administration,
    assessment,
    case,
    clock,
    correction,
    correspondence,
    documents,
    ending,
    good_offices,
    people,
    registration,
    requests,
    worklist,
)

app_name = "desk"

CASE = "cases/<uuid:pk>/"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path(CASE, case.CaseHome.as_view(), name="case"),
    path(f"{CASE}history/", case.History.as_view(), name="history"),
    path(f"{CASE}submission/", case.SubmissionAsSent.as_view(), name="submission"),
    # Actions: the last part of the address is the action's name.
    path(f"{CASE}acknowledge/", registration.Acknowledge.as_view(), name="acknowledge"),
    path(f"{CASE}register/", registration.Register.as_view(), name="register"),
    path(
        f"{CASE}decline-registration/",
        registration.DeclineRegistration.as_view(),
        name="decline_registration",
    ),
    path(f"{CASE}notify/", registration.Notify.as_view(), name="notify"),
    path(f"{CASE}assign/", people.Assign.as_view(), name="assign"),
    path(f"{CASE}declare/", people.Declare.as_view(), name="declare"),
    path(f"{CASE}assess/", assessment.Assess.as_view(), name="assess"),
    path(f"{CASE}assess/<int:number>/", assessment.AssessIssue.as_view(), name="assess_issue"),
    path(f"{CASE}propose/", assessment.Propose.as_view(), name="propose"),
    path(f"{CASE}vote/", assessment.CastVote.as_view(), name="vote"),
    path(f"{CASE}count-votes/", assessment.CountVotes.as_view(), name="count_votes"),
    path(f"{CASE}record-answer/", correspondence.RecordAnswer.as_view(), name="record_answer"),
    path(f"{CASE}record-reply/", good_offices.RecordReply.as_view(), name="record_reply"),
    path(f"{CASE}refer/", good_offices.Refer.as_view(), name="refer"),
    path(f"{CASE}refer/take-back/", good_offices.RevokeReferral.as_view(), name="revoke_referral"),
    path(f"{CASE}conclude/", good_offices.Conclude.as_view(), name="conclude"),
    path(f"{CASE}resume/", good_offices.Resume.as_view(), name="resume"),
    path(
        f"{CASE}conclude-examination/",
        good_offices.ConcludeExamination.as_view(),
        name="conclude_examination",
    ),
    path(f"{CASE}statement/", ending.Statement.as_view(), name="statement"),
    path(f"{CASE}hold-for-review/", ending.HoldForReview.as_view(), name="hold_for_review"),
    path(f"{CASE}conclude-review/", ending.ConcludeReview.as_view(), name="conclude_review"),
    path(f"{CASE}begin-follow-up/", ending.BeginFollowUp.as_view(), name="begin_follow_up"),
    path(
        f"{CASE}conclude-follow-up/", ending.ConcludeFollowUp.as_view(), name="conclude_follow_up"
    ),
    path(f"{CASE}end-early/", ending.EndEarly.as_view(), name="end_early"),
    path(f"{CASE}withdraw/", ending.Withdraw.as_view(), name="withdraw"),
    path(f"{CASE}message/", correspondence.Write.as_view(), name="message"),
    path(f"{CASE}request/", requests.Ask.as_view(), name="request"),
    path(f"{CASE}stand-in/", requests.StandIn.as_view(), name="stand_in"),
    path(f"{CASE}requests/<uuid:item>/close/", requests.Close.as_view(), name="close_request"),
    path(f"{CASE}time/<uuid:item>/", requests.DecideTime.as_view(), name="decide_time"),
    path(f"{CASE}reports/<uuid:item>/", requests.AnswerReport.as_view(), name="answer_report"),
    path(f"{CASE}add-document/", documents.Add.as_view(), name="add_document"),
    path(f"{CASE}pause/", clock.Stop.as_view(), name="pause"),
    path(f"{CASE}run-clock/", clock.Run.as_view(), name="run_clock"),
    path(f"{CASE}take-back/", correction.TakeBack.as_view(), name="take_back"),
    path(f"{CASE}settle-correction/", correction.Settle.as_view(), name="settle_correction"),
    # One deadline, document, party or side of a case.
    path(f"{CASE}deadlines/<int:item>/extend/", clock.Extend.as_view(), name="extend"),
    path(f"{CASE}deadlines/<int:item>/explain/", clock.Explain.as_view(), name="explain_delay"),
    path(f"{CASE}documents/<uuid:item>/", documents.Download.as_view(), name="document"),
    path(
        f"{CASE}documents/<uuid:item>/original/",
        documents.Original.as_view(),
        name="document_original",
    ),
    path(f"{CASE}documents/", documents.Ledger.as_view(), name="ledger"),
    path(f"{CASE}documents/all/", documents.Bundle.as_view(), name="documents_bundle"),
    path(
        f"{CASE}documents/<uuid:item>/withholding/",
        documents.Withholding.as_view(),
        name="document_withholding",
    ),
    path(f"{CASE}documents/<uuid:item>/redact/", documents.Redact.as_view(), name="redact"),
    path(
        f"{CASE}documents/<uuid:item>/versions/<uuid:version>/",
        documents.Version.as_view(),
        name="document_version",
    ),
    path(
        f"{CASE}documents/<uuid:item>/audience/",
        documents.Audience.as_view(),
        name="document_audience",
    ),
    path(
        f"{CASE}parties/<uuid:item>/renew-access/",
        people.RenewAccess.as_view(),
        name="renew_access",
    ),
    path(f"{CASE}messages/<slug:side>/read/", correspondence.MarkRead.as_view(), name="mark_read"),
    path("administration/", administration.health, name="administration"),
    path("administration/rules/", administration.rule_set, name="rules"),
    path("administration/days/", administration.days, name="days"),
    path("administration/days/<int:pk>/remove/", administration.remove_day, name="remove_day"),
    path("administration/history/", administration.verify_history, name="verify_history"),
]
