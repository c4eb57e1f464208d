from django.urls import path

from mediation.views import bodies, home, referrals, room

app_name = "mediation"

REFERRAL = "referrals/<uuid:pk>/"
CASE = "cases/<uuid:pk>/"
BODY = "bodies/<uuid:pk>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("profile/", home.profile, name="profile"),
    # The coordinator of a body
    path(REFERRAL, referrals.referral, name="referral"),
    path(f"{REFERRAL}accept/", referrals.accept, name="accept"),
    path(f"{REFERRAL}decline/", referrals.decline, name="decline"),
    path(f"{REFERRAL}appoint/", referrals.appoint, name="appoint"),
    path(f"{REFERRAL}release/<uuid:appointment>/", referrals.release, name="release"),
    # The mediator of a case
    path(CASE, room.case, name="case"),
    path(f"{CASE}declare/", room.declare, name="declare"),
    path(f"{CASE}step-down/", room.step_down, name="step_down"),
    path(f"{CASE}consent/", room.consent, name="consent"),
    path(f"{CASE}start/", room.start, name="start"),
    path(f"{CASE}session/", room.session, name="session"),
    path(f"{CASE}note/", room.note, name="note"),
    path(f"{CASE}file/", room.file, name="file"),
    path(f"{CASE}outcome/", room.outcome, name="outcome"),
    path(f"{CASE}documents/<uuid:item>/", room.document, name="document"),
    path(f"{CASE}room/<uuid:item>/", room.room_file, name="room_file"),
    # Administrators
    path("bodies/", bodies.bodies, name="bodies"),
    path("bodies/add/", bodies.add_body, name="add_body"),
    path(BODY, bodies.body, name="body"),
    path(f"{BODY}change/", bodies.change_body, name="change_body"),
    path(f"{BODY}members/add/", bodies.add_member, name="add_member"),
    path(f"{BODY}members/<int:member>/end/", bodies.end_membership, name="end_membership"),
    path(f"{BODY}members/<int:member>/profile/", bodies.profile, name="member_profile"),
]
