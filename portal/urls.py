from django.urls import path

from portal.views import (
    authority,
    case,
    correspondence,
    documents,
    good_offices,
    impartiality,
    own,
    people,
    requests,
    sign_in,
    statement,
)

app_name = "portal"

CASE = "case/<uuid:pk>/"

urlpatterns = [
    path("", case.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("link/", sign_in.ask_link, name="ask_link"),
    path("link/sent/", sign_in.link_sent, name="link_sent"),
    path("link/open/", sign_in.use_link, name="use_link"),
    path("link/open/<str:token>/", sign_in.open_link, name="open_link"),
    path("authority/<int:item>/", authority.prove, name="authority"),
    path(CASE, case.CaseHome.as_view(), name="case"),
    path(f"{CASE}complaint/", case.WhatWasSent.as_view(), name="complaint"),
    path(f"{CASE}receipt/", case.Receipt.as_view(), name="receipt"),
    path(f"{CASE}receipt/file/", case.ReceiptFile.as_view(), name="receipt_file"),
    path(f"{CASE}messages/", correspondence.Messages.as_view(), name="message"),
    path(f"{CASE}documents/", documents.Documents.as_view(), name="documents"),
    path(f"{CASE}documents/all/", documents.Bundle.as_view(), name="documents_bundle"),
    path(f"{CASE}documents/add/", correspondence.AddDocument.as_view(), name="add_document"),
    path(f"{CASE}documents/<uuid:item>/", documents.Download.as_view(), name="document"),
    path(f"{CASE}documents/<uuid:item>/copy/", documents.CheckCopy.as_view(), name="check_copy"),
    path(f"{CASE}documents/<uuid:item>/copy/file/", documents.CopyFile.as_view(), name="copy_file"),
    path(f"{CASE}documents/<uuid:item>/withhold/", documents.Withhold.as_view(), name="withhold"),
    path(f"{CASE}documents/<uuid:item>/pull/", documents.Pull.as_view(), name="pull"),
    path(
        f"{CASE}documents/<uuid:item>/redacted/",
        documents.AddRedacted.as_view(),
        name="add_redacted",
    ),
    path(f"{CASE}answer/", correspondence.Answer.as_view(), name="answer"),
    path(f"{CASE}requests/<uuid:item>/", requests.Answer.as_view(), name="request"),
    path(f"{CASE}more-time/", requests.MoreTime.as_view(), name="more_time"),
    path(f"{CASE}pressure/", correspondence.Reprisal.as_view(), name="reprisal"),
    path(f"{CASE}withdraw/", correspondence.Withdraw.as_view(), name="withdraw"),
    path(f"{CASE}good-offices/", good_offices.Reply.as_view(), name="good_offices"),
    path(f"{CASE}mediator/", good_offices.Mediator.as_view(), name="mediator"),
    path(f"{CASE}mediation/", good_offices.Room.as_view(), name="mediation"),
    path(f"{CASE}mediation/files/<uuid:item>/", good_offices.RoomFile.as_view(), name="room_file"),
    path(f"{CASE}deciders/", impartiality.Deciders.as_view(), name="deciders"),
    path(f"{CASE}draft/", statement.Draft.as_view(), name="draft"),
    path(f"{CASE}contact/", own.ContactDetails.as_view(), name="contact"),
    path(f"{CASE}people/", people.People.as_view(), name="people"),
    path(
        f"{CASE}people/<int:item>/withdraw/",
        people.WithdrawPerson.as_view(),
        name="withdraw_person",
    ),
    path(f"{CASE}people/<int:item>/mandate/", people.Mandate.as_view(), name="mandate"),
    path(f"{CASE}language/", own.Language.as_view(), name="language"),
    path(f"{CASE}code/", own.ChangeCode.as_view(), name="code"),
]
