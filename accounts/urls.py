from django.urls import path

from accounts.views import links, own, people, proposals, sign_in, tokens

app_name = "accounts"

urlpatterns = [
    path("", own.profile, name="profile"),
    path("address/", own.change_address, name="change_address"),
    path("sessions/end/", own.end_other_sessions, name="end_other_sessions"),
    path("second-factor/setup/", sign_in.second_factor_setup, name="second_factor_setup"),
    path("link/<slug:kind>/<str:token>/", links.open_link, name="open_link"),
    path("link/<slug:kind>/", links.use_link, name="use_link"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.create_token, name="create_token"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/proposals/", proposals.proposals, name="proposals"),
    path("people/proposals/<uuid:pk>/", proposals.proposal, name="proposal"),
    path("people/<uuid:pk>/", people.person, name="person"),
    path("people/<uuid:pk>/invite-again/", people.invite_again, name="invite_again"),
    path("people/<uuid:pk>/role/", people.propose_role, name="propose_role"),
    path("people/<uuid:pk>/role/<slug:role>/end/", people.propose_end, name="propose_role_end"),
    path(
        "people/<uuid:pk>/factor-reset/", people.propose_factor_reset, name="propose_factor_reset"
    ),
    path("people/<uuid:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<uuid:pk>/reactivate/", people.reactivate, name="reactivate"),
]
