from datetime import datetime
from typing import Self

from django.db import models


class DocumentQuerySet(models.QuerySet):
    def pending(self, *, at: datetime) -> Self:
        """Files whose check may be begun now; a check that somebody else runs is left alone."""
        return self.filter(state="pending", not_before__lte=at).order_by("not_before", "id")

    def clean(self) -> Self:
        return self.filter(state="clean")

    def without_text(self) -> Self:
        """Checked files whose words were not read yet, the newest first."""
        return self.filter(state="clean", text_size=None).order_by("-scanned_at", "-id")
