"""Addresses of the record itself: history, audit, retention."""

from django.urls import path

from desk.views import audit, history, retention

CASE = "cases/<uuid:pk>/"

urlpatterns = [
    path(f"{CASE}history/", history.History.as_view(), name="history"),
    path(f"{CASE}history/replay/", history.Replay.as_view(), name="replay"),
    path(f"{CASE}history/extract/", history.Extract.as_view(), name="extract"),
    path(f"{CASE}readings/", audit.CaseReadings.as_view(), name="case_readings"),
    path(f"{CASE}audit/", audit.AuditRequests.as_view(), name="audit_requests"),
    path(f"{CASE}audit/<uuid:item>/", audit.DecideAudit.as_view(), name="decide_audit"),
    path(f"{CASE}retention/", retention.CaseRetention.as_view(), name="retention"),
    path(f"{CASE}retention/hold/", retention.PlaceHold.as_view(), name="place_hold"),
    path(
        f"{CASE}retention/holds/<uuid:item>/lift/", retention.LiftHold.as_view(), name="lift_hold"
    ),
    path(f"{CASE}retention/erase/", retention.ProposeErasure.as_view(), name="propose_erasure"),
    path(
        f"{CASE}retention/people/<int:item>/erase/",
        retention.ProposePersonErasure.as_view(),
        name="propose_person_erasure",
    ),
    path(
        f"{CASE}retention/erasures/<uuid:item>/",
        retention.SettleErasure.as_view(),
        name="settle_erasure",
    ),
    path("retention/", retention.due, name="retention_due"),
    path("audit/", audit.home, name="audit"),
    path("audit/readings/", audit.all_readings, name="readings"),
    path("audit/<uuid:pk>/", audit.AuditCase.as_view(), name="audit_case"),
    path("audit/<uuid:pk>/history/", audit.AuditHistory.as_view(), name="audit_history"),
    path("audit/<uuid:pk>/ask/", audit.AuditAsk.as_view(), name="audit_ask"),
    path("administration/history/", audit.verify_history, name="verify_history"),
]
