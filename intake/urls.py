from django.urls import path

from intake.views import begin, finish, pages, steps, write_up

app_name = "intake"

urlpatterns = [
    path("", begin.start, name="start"),
    path("privacy/", begin.privacy, name="privacy"),
    path("for-others/", begin.begin_for_others, name="begin_for_others"),
    path("continue/", begin.resume, name="resume"),
    path("saved/", begin.saved, name="saved"),
    path("close/", begin.close, name="close"),
    path("delete/", begin.discard, name="discard"),
    path("overview/", pages.overview, name="overview"),
    path("receipt/", finish.receipt, name="receipt"),
    path("receipt.pdf", finish.receipt_pdf, name="receipt_pdf"),
    path("receipt.txt", finish.receipt_file, name="receipt_file"),
    path("write-up/<uuid:pk>/", write_up.begin, name="write_up"),
    path("confirm/<uuid:pk>/", write_up.confirm, name="confirm"),
    path("step/<slug:name>/", steps.step, name="step"),
    path("step/<slug:name>/<slug:item_id>/", pages.item, name="item"),
    path("step/<slug:name>/<slug:item_id>/remove/", pages.remove_item, name="remove_item"),
]
