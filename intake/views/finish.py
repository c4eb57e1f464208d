"""The end of the form: check, access code, send, receipt."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cases import receipts
from cases.errors import Incomplete
from cases.receipt_pdf import render as render_pdf
from cases.services.filing import Filed
from intake import review, services
from intake.answers import Answers
from intake.forms import ConfirmCodeForm, SendForm
from intake.models import Draft
from intake.steps import Step, steps_of
from intake.submission import Remark, advice, missing, refused_files
from intake.views import write_up
from intake.views.access import held_draft, page


def check(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """All answers, what is missing, and what would help."""
    by_staff = draft.entered_by_id is not None
    lacking = missing(answers, by_staff=by_staff)
    names = {step.name for step in steps_of(answers, by_staff=by_staff)}
    if request.method == "POST":
        if request.POST.get("go") == "later":
            return redirect("intake:saved")
        if not lacking and answers.write_up_of:
            return redirect("intake:step", "send")
        if not lacking:
            if not by_staff:
                services.ensure_access_code(draft)
            return redirect("intake:step", "code")
    return render(
        request,
        "intake/check.html",
        page(
            draft,
            answers,
            found,
            sections=review.sections(answers, by_staff=by_staff),
            missing=lacking,
            advice=[
                remark
                for remark in (*refused_files(answers).values(), *advice(answers))
                if remark.step in names
            ],
            has_errors=request.method == "POST",
        ),
    )


def code(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """Show the access code of the coming case and have it typed back, before anything is sent."""
    by_staff = draft.entered_by_id is not None
    if lacking := missing(answers, by_staff=by_staff):
        return redirect("intake:step", lacking[0].step if answers.is_recording else "check")
    if by_staff:
        return _code_for_others(request, draft, answers, found)
    if not answers.access_code and answers.is_recording:
        answers = services.ensure_access_code(draft)
    if not answers.access_code:
        return redirect("intake:step", "check")
    data = request.POST if request.method == "POST" else None
    form = ConfirmCodeForm(data, expected=answers.access_code)
    if data is not None and form.is_valid():
        services.change(draft, lambda kept: kept.confirm_code())
        return redirect("intake:step", "send")
    return render(
        request,
        "intake/code.html",
        page(draft, answers, found, form=form, code=answers.access_code),
    )


def _code_for_others(
    request: HttpRequest, draft: Draft, answers: Answers, found: Step
) -> HttpResponse:
    """For what came on paper: a code to hand over in a sealed letter, or none."""
    if request.method == "POST":
        if request.POST.get("go") == "make":
            services.ensure_access_code(draft)
            return redirect("intake:step", "code")
        return redirect("intake:step", "send")
    return render(
        request,
        "intake/code_for_others.html",
        page(draft, answers, found, code=answers.access_code),
    )


def send(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    by_staff = draft.entered_by_id is not None
    has_code = answers.code_is_confirmed or by_staff
    # Whoever files is asked by the service what is missing; asking twice takes half of the time.
    if not (request.method == "POST" and has_code and not answers.write_up_of) and (
        lacking := missing(answers, by_staff=by_staff)
    ):
        return redirect("intake:step", _mended_at(answers, lacking))
    if answers.write_up_of:
        return write_up.hand_in(request, draft, answers, found)
    if not has_code:
        is_first = not answers.access_code and not answers.is_recording
        return redirect("intake:step", "check" if is_first else "code")
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.send(draft, language=get_language() or settings.LANGUAGE_CODE)
        except Incomplete as error:
            messages.warning(request, error.message)
            lacking = missing(answers, by_staff=by_staff)
            return redirect("intake:step", _mended_at(answers, lacking))
        return redirect("intake:receipt")
    return render(request, "intake/send.html", page(draft, answers, found, form=form))


def _mended_at(answers: Answers, lacking: list[Remark]) -> str:
    """Return the page that leads to what is missing."""
    return lacking[0].step if lacking and answers.is_recording else "check"


def _filed(request: HttpRequest) -> tuple[Draft, Filed] | None:
    draft = held_draft(request)
    if draft is None or not draft.is_sent:
        return None
    return draft, services.filed_earlier(draft)


@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """The proof of what was sent and when. It never shows the access code."""
    found = _filed(request)
    if found is None:
        return redirect("intake:start")
    draft, filed = found
    return render(
        request,
        "intake/receipt.html",
        {
            "receipt": filed.receipt,
            "case_id": filed.case.pk if draft.entered_by_id else None,
        },
    )


@require_safe
def receipt_file(request: HttpRequest) -> HttpResponse:
    """The receipt as a text file, to be kept and checked later."""
    found = _filed(request)
    if found is None:
        return redirect("intake:start")
    return _attached(
        receipts.text_of(found[1].receipt).encode(), "receipt.txt", "text/plain; charset=utf-8"
    )


@require_safe
def receipt_pdf(request: HttpRequest) -> HttpResponse:
    """The receipt as a PDF, to be printed and kept; it can be checked like the text."""
    found = _filed(request)
    if found is None:
        return redirect("intake:start")
    content = render_pdf(found[1].receipt)
    return _attached(content, "receipt.pdf", "application/pdf")


def _attached(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
