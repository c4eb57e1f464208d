"""The text of each security mail: what happened, a link, whom to ask. No names, no case."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import links
from accounts.models import LinkKind, MailKind, SecurityMail, User, UserManager
from office.current import current


@dataclass(frozen=True)
class Letter:
    address: str
    language: str
    subject: str
    body: str


def compose(mail: SecurityMail) -> Letter | None:
    """Write the letter for a waiting mail, or None where there is nobody to write to any more."""
    user = mail.user
    if user is None:
        user = User.objects.active().filter(email=UserManager.normalize_email(mail.address)).first()
    if user is None or not user.email or not user.is_active:
        return None
    address = user.email
    if mail.user is not None and mail.address:
        address = mail.address
    if mail.kind == MailKind.ADDRESS and User.objects.filter(email=address).exists():
        # Who asked must not learn whose address it is, and its owner is not bothered.
        return None
    link = _link(mail, user)
    if link is None:
        return None
    with translation.override(user.language):
        return Letter(
            address=address,
            language=user.language,
            subject=_subject(mail.kind),
            body=render_to_string(
                f"accounts/mail/{mail.kind}.txt",
                {
                    "link": link,
                    "ncp_name": current().name(user.language),
                    "ncp_email": current().email,
                },
            ),
        )


def _subject(kind: str) -> str:
    return {
        MailKind.INVITATION: _("Set up your account"),
        MailKind.PASSWORD_RESET: _("Choose a new password"),
        MailKind.FACTOR_RESET: _("Set up your password and second factor again"),
        MailKind.PASSWORD_CHANGED: _("Your password was changed"),
        MailKind.FACTOR_CHANGED: _("Your second factor was changed"),
        MailKind.ROLE_CHANGED: _("Your rights were changed"),
        MailKind.ADDRESS: _("Confirm your new e-mail address"),
        MailKind.ADDRESS_CHANGED: _("Your e-mail address was changed"),
        MailKind.TOKEN_CREATED: _("A token was made for your account"),
    }[MailKind(kind)]


def _link(mail: SecurityMail, user: User) -> str | None:
    if mail.kind == MailKind.PASSWORD_RESET:
        # Somebody who never set a password has an invitation to answer, not a password to renew.
        if not user.has_usable_password():
            return None
        token = links.issue(user, LinkKind.PASSWORD_RESET)
        return _page("accounts:open_link", LinkKind.PASSWORD_RESET, token)
    if mail.kind in (MailKind.INVITATION, MailKind.FACTOR_RESET, MailKind.ADDRESS):
        return _page("accounts:open_link", LinkKind(mail.kind), mail.token)
    return _page("accounts:profile")


def _page(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(name, args=[str(argument) for argument in args])
