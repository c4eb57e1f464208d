"""The draft statement: read it, comment on it, read what became of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import reading
from portal.forms.course import CommentForm
from portal.views.base import ActionView
from statements.models import Comment, CommentRound, Version
from statements.preview import as_html
from statements.services import hearing


class Draft(ActionView):
    action = "draft"
    template_name = "portal/draft.html"
    form_class = CommentForm
    heading = _("The draft statement")
    button = _("Send the comments")
    done = _("Your comments are with the office. You can change them until the round closes.")
    goes_to = "portal:draft"

    def check(self) -> None:
        super().check()
        drafts = reading.drafts_of(self.case, self.request.user)
        self.round = self.open_facts.round or _last_round(drafts)
        self.own = _own_comment(self.round, self.side)

    @property
    def version(self) -> int:
        return self.own.row_version if self.own else 0

    def form_arguments(self) -> dict[str, Any]:
        if self.own is None:
            return {}
        says = "none" if self.own.has_none else "comments"
        return {"initial": {"says": says, "text": self.own.text}}

    def perform(self, form: Any) -> None:
        hearing.comment(
            self.round,
            side=self.side,
            by=self.request.user,
            text=form.cleaned_data["text"],
            has_none=form.cleaned_data["says"] == "none",
            version=form.cleaned_data["row_version"],
        )

    @property
    def takes_input(self) -> bool:
        return self.round is not None and self.round.is_open

    def context(self) -> dict[str, Any]:
        texts = list(self.round.versions.all()) if self.round else []
        shown = _in_language(texts, get_language(), self.request.GET.get("text", ""))
        return {
            "round": self.round,
            "own": self.own,
            "texts": texts,
            "text": shown,
            "html": as_html(shown.text) if shown else "",
        }


def _last_round(drafts: list[Any]) -> CommentRound | None:
    rounds = CommentRound.objects.filter(statement__in=drafts).select_related(
        "statement__case", "deadline"
    )
    return rounds.prefetch_related("comments", "versions").order_by("-opened_at").first()


def _own_comment(round: CommentRound | None, side: str) -> Comment | None:
    if round is None:
        return None
    return next((comment for comment in round.comments.all() if comment.side == side), None)


def _in_language(texts: list[Version], language: str | None, asked: str) -> Version | None:
    """Return the text that was asked for, else that in the reader's language, else the first."""
    by_language = {text.language: text for text in texts}
    first = texts[0] if texts else None
    return by_language.get(asked) or by_language.get(language or "") or first
