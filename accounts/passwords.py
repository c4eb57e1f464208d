"""Django's rules for passwords in our own words: its texts are not there in Kazakh."""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _


class NotLikeThePerson(rules.UserAttributeSimilarityValidator):
    """Refuses a password made of the person's own name or address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("name", "email"))

    def get_error_message(self) -> str:
        return _("The password is too much like your name or e-mail address.")


class LongEnough(rules.MinimumLengthValidator):
    def __init__(self, min_length: int = 12) -> None:
        super().__init__(min_length)

    def get_error_message(self) -> str:
        return _("The password is too short: use at least %(number)s characters.") % {
            "number": self.min_length
        }


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is guessed first. Choose another one.")
