"""Anybody who holds a receipt can learn here whether it is genuine, without signing in."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import receipts
from cases.heads import newest
from cases.receipts import Receipt
from intake.forms import VerifyForm
from sealing.models import PublishedKey

HEADS_SHOWN = 31


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_sent else VerifyForm()
    result = None
    if is_sent and form.is_valid():
        receipt = _stated(form)
        if not all((receipt.receipt_id, receipt.at, receipt.digest, receipt.signature)):
            form.add_error(None, _("Choose the receipt file, or fill in all four fields."))
        else:
            result = _examined(receipt)
    return render(request, "intake/verify.html", {"form": form, "result": result})


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed, the one in use first, and the newest signed heads."""
    context = {"keys": _published(), "heads": newest(HEADS_SHOWN)}
    return render(request, "intake/keys.html", context)


def _published() -> list[PublishedKey]:
    rows = PublishedKey.objects.order_by("-since")
    return sorted(rows, key=lambda row: row.retired_at is not None)


def _stated(form: VerifyForm) -> Receipt:
    upload = form.cleaned_data.get("receipt")
    if upload:
        return receipts.read(upload.read(receipts.LARGEST_FILE))
    names = ("receipt_id", "at", "digest", "signature")
    return receipts.spelled(**{name: form.cleaned_data.get(name, "") for name in names})


def _examined(receipt: Receipt) -> dict[str, Any]:
    for key in _published():
        signed = replace(receipt, public_key=key.public)
        if signed.is_genuine():
            at = receipts.read_moment(signed.at)
            return {"is_genuine": True, "receipt": signed, "key": key, "at": at}
    return {"is_genuine": False}
