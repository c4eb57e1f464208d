"""Internal notes and tasks of a case, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases import permissions
from cases.errors import Conflict
from cases.models import Note, Task
from cases.services import deadlines, notes
from desk.forms.notes import NoteForm, TaskForm
from desk.page import CasePage
from desk.paging import Order, page_of
from desk.rooms import Figures, Line, Room
from desk.views.base import CaseView, FormPage

NEWEST = Order("written_at", is_descending=True)


class _Internal(FormPage, CaseView):
    """A page that only the NCP's own readers of a case have; some of them write on it."""

    goes_to = ""
    done: Any = ""

    def check(self) -> None:
        self.require_reader()
        self.writes = notes.may_write(self.case, self.request.user)
        if self.request.method == "POST" and not self.writes:
            raise PermissionDenied

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        return self.page(self.form() if self.writes else None)

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect(self.goes_to, self.case.pk)


class Notes(_Internal):
    """All notes that this person may read, the newest first, and a new one."""

    goes_to = "desk:notes"
    done = _("The note is written.")
    blamed = "text"

    def perform(self, form: Any) -> None:
        notes.write_note(
            self.case,
            text=form.cleaned_data["text"],
            mentioned=form.cleaned_data.get("mentioned", ()),
            for_named_officers=form.cleaned_data.get("for_named_officers", False),
            by=self.request.user,
        )

    def form(self, *args: Any) -> NoteForm:
        by = self.request.user
        return NoteForm(
            *args,
            people=[one for one in notes.colleagues(self.case) if one.pk != by.pk],
            knows_identities=permissions.may_see_identity(self.case, by),
        )

    def page(self, form: NoteForm | None, *, status: int = 200) -> HttpResponse:
        rows = Note.objects.visible_to(self.request.user).filter(case=self.case)
        rows = rows.select_related("author").prefetch_related("versions", "mentions__person")
        where = {name: self.request.GET.get(name, "") for name in ("after", "before")}
        shown = page_of(rows, NEWEST, **where)
        for note in shown.rows:
            note.case = self.case
            note.is_changeable = (
                self.writes
                and note.author_id == self.request.user.pk
                and notes.is_open_to_change(note)
            )
        context = {"case": self.case, "form": form, "page": shown}
        return render(self.request, "desk/notes.html", context, status=status)


class ChangeNote(_Internal):
    """Another wording within a day, by its author; the one before is kept."""

    goes_to = "desk:notes"
    done = _("The note is changed. The wording before is kept.")
    blamed = "text"

    def check(self) -> None:
        super().check()
        visible = Note.objects.visible_to(self.request.user).filter(case=self.case)
        self.note = get_object_or_404(visible, pk=self.kwargs["item"])
        self.note.case = self.case
        if self.note.author_id != self.request.user.pk or not self.writes:
            raise PermissionDenied
        if not notes.is_open_to_change(self.note):
            raise Conflict(_("A note can be changed for a day. Write another one."))

    def form(self, *args: Any) -> NoteForm:
        people = [one for one in notes.colleagues(self.case) if one.pk != self.request.user.pk]
        text = self.note.text
        return NoteForm(*args, people=people, knows_identities=False, initial={"text": text})

    def perform(self, form: Any) -> None:
        notes.change_note(
            self.note,
            text=form.cleaned_data["text"],
            mentioned=form.cleaned_data.get("mentioned", ()),
            by=self.request.user,
        )

    def page(self, form: NoteForm, *, status: int = 200) -> HttpResponse:
        context = {"case": self.case, "form": form}
        return render(self.request, "desk/note_change.html", context, status=status)


class Tasks(_Internal):
    """What is to be done in this case, by whom and by when."""

    goes_to = "desk:tasks"
    done = _("The task is given.")

    def perform(self, form: Any) -> None:
        notes.give_task(self.case, by=self.request.user, **form.cleaned_data)

    def form(self, *args: Any) -> TaskForm:
        return TaskForm(*args, people=list(notes.colleagues(self.case)), by=self.request.user)

    def page(self, form: TaskForm | None, *, status: int = 200) -> HttpResponse:
        today = deadlines.today()
        rows = Task.objects.visible_to(self.request.user).filter(case=self.case)
        rows = rows.select_related("assignee", "given_by", "done_by")
        still_open = list(rows.open()[:200])
        for row in still_open:
            row.is_late = row.due_on < today
        context = {
            "case": self.case,
            "form": form,
            "open": still_open,
            "done": rows.filter(done_at__isnull=False).order_by("-done_at", "-id")[:100],
            "writes": self.writes,
        }
        return render(self.request, "desk/tasks.html", context, status=status)


class SettleTask(_Internal):
    """Done, or taken up again."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        raise Http404

    def post(self, request: HttpRequest, item: Any) -> HttpResponse:
        self.check()
        visible = Task.objects.visible_to(request.user).filter(case=self.case)
        task = get_object_or_404(visible, pk=item)
        task.case = self.case
        if request.POST.get("done") == "no":
            notes.reopen_task(task, by=request.user)
            messages.success(request, _("The task is open again."))
        else:
            notes.finish_task(task, by=request.user)
            messages.success(request, _("The task is done."))
        return redirect("desk:tasks", self.case.pk)


def _notes_line(page: CasePage, figures: Figures) -> Line:
    if not figures["all"]:
        return Line(_("None yet"))
    text = ngettext("%(n)s note", "%(n)s notes", figures["all"]) % {"n": figures["all"]}
    return Line(text)


def _tasks_line(page: CasePage, figures: Figures) -> Line:
    if not figures["open"]:
        return Line(_("Nothing open"))
    text = ngettext("%(n)s open", "%(n)s open", figures["open"]) % {"n": figures["open"]}
    if figures["next"] < deadlines.today():
        return Line(text, on=figures["next"], tag="late", tag_label=_("Late"))
    return Line(text, on=figures["next"])


NOTES = Room(
    name="notes",
    label=_("Internal notes"),
    url="desk:notes",
    rows=lambda user: Note.objects.visible_to(user),
    figures={"all": Count("pk")},
    line=_notes_line,
)
TASKS = Room(
    name="tasks",
    label=_("Tasks"),
    url="desk:tasks",
    rows=lambda user: Task.objects.visible_to(user),
    figures={
        "open": Count("pk", filter=Q(done_at=None)),
        "next": Min("due_on", filter=Q(done_at=None)),
    },
    line=_tasks_line,
)
