from django.urls import path

from statements.views import steps
from statements.views.workshop import Workshop

app_name = "statements"

TEXT = "text/<uuid:pk>/"

urlpatterns = [
    path("<uuid:case_id>/", Workshop.as_view(), name="workshop"),
    path(f"{TEXT}edit/<slug:language>/", steps.Edit.as_view(), name="edit"),
    path(f"{TEXT}preview/<slug:language>/", steps.Preview.as_view(), name="preview"),
    path(f"{TEXT}preview/<slug:language>/pdf/", steps.PreviewPdf.as_view(), name="preview_pdf"),
    path(f"{TEXT}details/", steps.Details.as_view(), name="details"),
    path(f"{TEXT}set-aside/", steps.SetAside.as_view(), name="set_aside"),
    path(f"{TEXT}comments/open/", steps.OpenComments.as_view(), name="open_comments"),
    path(f"{TEXT}comments/close/", steps.CloseComments.as_view(), name="close_comments"),
    path(f"{TEXT}comments/record/", steps.RecordComment.as_view(), name="record_comment"),
    path(f"{TEXT}findings/<int:finding>/", steps.Keep.as_view(), name="keep"),
    path(f"{TEXT}sign-off/", steps.SignOff.as_view(), name="sign_off"),
    path(f"{TEXT}publish/", steps.Publish.as_view(), name="publish"),
    path(f"{TEXT}correct/", steps.Correct.as_view(), name="correct"),
    path(f"{TEXT}unpublish/", steps.Unpublish.as_view(), name="unpublish"),
]
