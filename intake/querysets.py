from datetime import datetime

from django.db import models


class DraftQuerySet(models.QuerySet):
    def expired(self, *, at: datetime) -> "DraftQuerySet":
        """Drafts that nobody changed for so long that they are deleted."""
        return self.filter(state="open", expires_at__lte=at)
