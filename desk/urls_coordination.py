"""Addresses of what NCPs do together, and of what comes from outside; part of `desk.urls`."""

from django.urls import path

from desk.views import coordination, guests, incoming, ncps, relations

CASE = "cases/<uuid:pk>/"

urlpatterns = [
    # Other NCPs, related cases, packages.
    path(f"{CASE}coordination/", coordination.Overview.as_view(), name="coordination"),
    path(f"{CASE}coordinate/", coordination.Begin.as_view(), name="coordinate"),
    path(f"{CASE}coordination/<uuid:item>/ask/", coordination.Invite.as_view(), name="ask_ncp"),
    path(
        f"{CASE}coordination/replies/<uuid:item>/",
        coordination.Reply.as_view(),
        name="ncp_reply",
    ),
    path(
        f"{CASE}coordination/<uuid:item>/conclude/",
        coordination.Conclude.as_view(),
        name="conclude_coordination",
    ),
    path(f"{CASE}share/", coordination.Share.as_view(), name="share"),
    path(f"{CASE}shares/<uuid:item>/end/", coordination.EndShare.as_view(), name="end_share"),
    path(f"{CASE}shares/<uuid:item>/release/", coordination.Release.as_view(), name="release"),
    path(f"{CASE}shares/<uuid:item>/answer/", coordination.Answer.as_view(), name="answer_ncp"),
    path(
        f"{CASE}releases/<uuid:item>/end/",
        coordination.EndRelease.as_view(),
        name="end_release",
    ),
    path(f"{CASE}split/", relations.Split.as_view(), name="split"),
    path(f"{CASE}join/", relations.Join.as_view(), name="join"),
    path(f"{CASE}link/", relations.Link.as_view(), name="link"),
    path(f"{CASE}links/<int:item>/end/", relations.Untie.as_view(), name="unlink"),
    path(f"{CASE}foreign/add/", relations.AddForeign.as_view(), name="add_foreign"),
    path(
        f"{CASE}foreign/<uuid:item>/end/",
        relations.RemoveForeign.as_view(),
        name="remove_foreign",
    ),
    path(f"{CASE}transfer/", relations.MakeTransfer.as_view(), name="transfer"),
    path(f"{CASE}transfer/consent/", relations.Consent.as_view(), name="pass_consent"),
    path(
        f"{CASE}transfer/consent/<uuid:item>/end/",
        relations.EndConsent.as_view(),
        name="end_consent",
    ),
    path(f"{CASE}packages/<uuid:item>/", relations.Package.as_view(), name="package"),
    path(f"{CASE}mails/<uuid:item>/", incoming.MailOriginal.as_view(), name="mail_original"),
    # What comes from outside.
    path("import/", incoming.OpenCases.as_view(), name="import"),
    path("import/template/", incoming.open_cases_template, name="import_template"),
    path("import/workbook/", incoming.open_cases_workbook, name="import_workbook"),
    path("import/<uuid:item>/", incoming.OpenCasesIn.as_view(), name="open_cases_in"),
    path("packages/", incoming.Packages.as_view(), name="packages"),
    path("packages/<uuid:item>/", incoming.PackageIn.as_view(), name="package_in"),
    path("mails/", incoming.Mails.as_view(), name="mails"),
    path("mails/<uuid:item>/", incoming.MailIn.as_view(), name="mail_in"),
    path("ncps/", ncps.ncp_list, name="ncps"),
    path("ncps/people/<int:item>/end/", ncps.end_guest, name="end_guest"),
    path("ncps/<slug:country>/", ncps.ncp, name="ncp"),
    # People of supporting NCPs.
    path("shared/", guests.home, name="shared"),
    path("shared/<uuid:pk>/", guests.case, name="shared_case"),
    path("shared/<uuid:pk>/<uuid:item>/", guests.document, name="shared_document"),
]
