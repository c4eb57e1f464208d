from datetime import datetime
from typing import Self

from django.db import models


class DocumentQuerySet(models.QuerySet):
    def pending(self, *, at: datetime) -> Self:
        """Files whose check may be begun now; a check that somebody else runs is left alone."""
        return self.filter(state="pending", not_before__lte=at).order_by("not_before", "id")

    def clean(self) -> Self:
        return self.filter(state="clean")
