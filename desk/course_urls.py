"""Addresses of what happens beside and after the main course of a case: advice of others, other
proceedings, early endings, review, follow-up, recalls, and the brief for the minister."""

from django.urls import path

from desk.views import (
    asked,
    consultations,
    ending,
    follow_up,
    minister,
    proceedings,
    recall,
)

CASE = "cases/<uuid:pk>/"
ADVICE = f"{CASE}consultations/<uuid:item>/"
OTHER = f"{CASE}proceedings/<int:item>/"
END = f"{CASE}ending/"
WORK = f"{CASE}follow-up/<uuid:item>/"
RECALL = f"{CASE}recalls/<uuid:item>/"

urlpatterns = [
    path("consulted/", consultations.bodies, name="consulted_bodies"),
    path("consulted/add/", consultations.body, name="add_consulted_body"),
    path("consulted/<uuid:item>/", consultations.body, name="consulted_body"),
    path("asked/", asked.asked, name="asked"),
    path("asked/<uuid:item>/", asked.asked_one, name="asked_one"),
    path(
        "asked/<uuid:item>/documents/<uuid:document>/",
        asked.asked_document,
        name="asked_document",
    ),
    path("minister/", minister.Minister.as_view(), name="minister"),
    path("minister/file/", minister.MinisterFile.as_view(), name="minister_file"),
    path(f"{CASE}consultations/", consultations.Consultations.as_view(), name="consultations"),
    path(f"{CASE}consult/", consultations.Ask.as_view(), name="consult"),
    path(ADVICE, consultations.One.as_view(), name="consultation"),
    path(f"{ADVICE}letter/", consultations.LetterFile.as_view(), name="consultation_letter"),
    path(f"{ADVICE}remind/", consultations.Remind.as_view(), name="consultation_remind"),
    path(f"{ADVICE}reply/", consultations.Reply.as_view(), name="consultation_reply"),
    path(f"{ADVICE}share/", consultations.Share.as_view(), name="consultation_share"),
    path(f"{ADVICE}close/", consultations.Close.as_view(), name="consultation_close"),
    path(f"{CASE}proceedings/", proceedings.Proceedings.as_view(), name="proceedings"),
    path(f"{CASE}proceedings/add/", proceedings.Change.as_view(), name="add_proceeding"),
    path(OTHER, proceedings.Change.as_view(), name="proceeding"),
    path(f"{OTHER}check/", proceedings.Check.as_view(), name="check_proceeding"),
    path(f"{OTHER}pause/", proceedings.Pause.as_view(), name="pause_for_proceeding"),
    path(END, ending.Ways.as_view(), name="endings"),
    path(f"{CASE}end-early/", ending.EndEarly.as_view(), name="end_early"),
    path(f"{CASE}withdraw/", ending.Withdraw.as_view(), name="withdraw"),
    path(f"{END}last-notice/", ending.WarnOfLapse.as_view(), name="warn_of_lapse"),
    path(f"{END}last-notice/answer/", ending.NoticeAnswered.as_view(), name="notice_answered"),
    path(f"{END}lapse/", ending.Lapse.as_view(), name="lapse"),
    path(f"{END}settlement/", ending.ReportSettlement.as_view(), name="report_settlement"),
    path(f"{END}settlement/answer/", ending.AnswerSettlement.as_view(), name="answer_settlement"),
    path(f"{END}settlement/drop/", ending.DropSettlement.as_view(), name="drop_settlement"),
    path(f"{END}settled/", ending.EndSettled.as_view(), name="end_settled"),
    path(f"{END}ceased/", ending.EndCeased.as_view(), name="end_ceased"),
    path(f"{CASE}record-review/", ending.RecordReview.as_view(), name="record_review"),
    path(f"{CASE}hold-for-review/", ending.HoldForReview.as_view(), name="hold_for_review"),
    path(f"{CASE}conclude-review/", ending.ConcludeReview.as_view(), name="conclude_review"),
    path(f"{CASE}begin-follow-up/", follow_up.Begin.as_view(), name="begin_follow_up"),
    path(f"{CASE}conclude-follow-up/", follow_up.Conclude.as_view(), name="conclude_follow_up"),
    path(f"{CASE}follow-up/", follow_up.FollowUp.as_view(), name="follow_up"),
    path(f"{CASE}follow-up/add/", follow_up.Add.as_view(), name="add_commitment"),
    path(f"{WORK}report/", follow_up.Report.as_view(), name="commitment_report"),
    path(f"{WORK}assess/", follow_up.Assess.as_view(), name="assess_commitment"),
    path(f"{WORK}drop/", follow_up.Drop.as_view(), name="drop_commitment"),
    path(f"{CASE}recalls/", recall.Recalls.as_view(), name="recalls"),
    path(f"{CASE}recall/<slug:what>/<str:item>/", recall.Begin.as_view(), name="begin_recall"),
    path(RECALL, recall.One.as_view(), name="recall"),
    path(f"{RECALL}settle/", recall.Settle.as_view(), name="settle_recall"),
    path(f"{RECALL}authority/", recall.TellAuthority.as_view(), name="recall_authority"),
    path(f"{RECALL}note/", recall.NoteFile.as_view(), name="recall_note"),
    path(f"{RECALL}promise/<int:reader>/", recall.RecordPromise.as_view(), name="recall_promise"),
]
