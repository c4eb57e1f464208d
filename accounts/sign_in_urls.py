"""The pages of allauth by the names that allauth uses; sign-up and the rest are not mounted."""

from django.urls import path

from accounts.views import links, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-out/", sign_in.SignOut.as_view(), name="account_logout"),
    path("confirm/password/", sign_in.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("confirm/code/", sign_in.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("confirm/key/", sign_in.KeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("password/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/forgotten/", links.forgotten_password, name="account_reset_password"),
    path("password/forgotten/sent/", links.forgotten_sent, name="account_reset_password_done"),
    path("second-factor/check/", sign_in.SecondFactor.as_view(), name="mfa_authenticate"),
    path("second-factor/", sign_in.SecondFactors.as_view(), name="mfa_index"),
    path("second-factor/app/", sign_in.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("second-factor/app/remove/", sign_in.DeactivateApp.as_view(), name="mfa_deactivate_totp"),
    path("second-factor/key/", sign_in.AddKey.as_view(), name="mfa_add_webauthn"),
    path("second-factor/key/<int:pk>/", sign_in.RenameKey.as_view(), name="mfa_edit_webauthn"),
    path(
        "second-factor/key/<int:pk>/remove/",
        sign_in.RemoveKey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("second-factor/codes/", sign_in.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/",
        sign_in.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]
