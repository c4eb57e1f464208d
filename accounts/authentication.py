"""Personal tokens of the API: `Authorization: Bearer go_…`."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import PersonalToken, User
from accounts.permissions import is_second_factor_required
from accounts.second_factor import has_authenticator
from accounts.services import token_digest

_USED_EVERY = timedelta(minutes=1)


class PersonalTokenAuthentication(BaseAuthentication):
    """A wrong, old, revoked or foreign token gets one and the same 401."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, PersonalToken] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        refused = AuthenticationFailed(_("The token is not valid."))
        if len(parts) != 2 or parts[0].lower() != self.keyword.lower().encode():
            raise refused
        try:
            secret = parts[1].decode("ascii")
        except UnicodeDecodeError:
            raise refused from None
        token = (
            PersonalToken.objects.valid()
            .select_related("user")
            .filter(digest=token_digest(secret))
            .first()
        )
        if token is None or not token.user.roles:
            raise refused
        if is_second_factor_required(token.user) and not has_authenticator(token.user):
            raise refused
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > _USED_EVERY:
            PersonalToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class HasScope(BasePermission):
    """The token of the request carries the scope that the view names in `required_scope`."""

    message = _("The token was not made for this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return isinstance(token, PersonalToken) and token.has_scope(view.required_scope)
