"""What services refuse. `sentence` is for people and translated."""

from django.utils.translation import gettext_lazy as _


class AccountsError(Exception):
    """A rule about people was not kept; nothing was changed."""

    sentence = _("This is not possible.")

    def __str__(self) -> str:
        return str(self.args[0] if self.args else self.sentence)


class NeedsSecondPerson(AccountsError):
    sentence = _(
        "A second person has to do this: not the one who proposed it, and not the one concerned."
    )


class AlreadyDecided(AccountsError):
    sentence = _("This was decided, withdrawn or became too old in the meantime.")


class AlreadyWaiting(AccountsError):
    sentence = _("The same proposal is already waiting for a second person.")


class NothingToChange(AccountsError):
    sentence = _("Nothing would change: look at the roles again.")


class LastAdministrator(AccountsError):
    sentence = _("This is the last administrator. Make another one first.")


class EndDateNeeded(AccountsError):
    sentence = _("An auditor's role needs a last day in the future.")


class AddressTaken(AccountsError):
    sentence = _("Somebody with this e-mail address is already here.")


class LinkUsedUp(AccountsError):
    sentence = _("This link was used or is too old.")
