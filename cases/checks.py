"""What must hold before the system starts: the rules of retention can be read."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from cases import retention


@register(Tags.compatibility)
def retention_can_be_read(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse to start with a file of rules that is not understood."""
    try:
        retention.load()
    except retention.BadRetention as error:
        return [Error(str(error), hint="Correct RETENTION_FILE.", id="cases.E001")]
    return []
