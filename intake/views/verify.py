"""Anybody who holds a receipt can learn here whether it is genuine, without signing in."""

import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.receipts import Receipt
from intake.forms import VerifyForm
from sealing.models import PublishedKey

NAMES = {
    "receipt": "receipt_id",
    "time": "at",
    "digest-sha256": "digest",
    "signature-ed25519": "signature",
}
MAX_RECEIPT_BYTES = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_sent else VerifyForm()
    result = None
    keys = list(PublishedKey.objects.order_by("-since"))
    if request.method == "POST" and form.is_valid():
        values = _values(form)
        if not all(values.values()):
            form.add_error(None, _("Choose the receipt file, or fill in all four fields."))
        else:
            result = _examined(values, keys)
    return render(request, "intake/verify.html", {"form": form, "result": result, "keys": keys})


def _values(form: VerifyForm) -> dict[str, str]:
    upload = form.cleaned_data.get("receipt")
    found = {name: form.cleaned_data.get(name, "") for name in NAMES.values()}
    if upload:
        text = upload.read(MAX_RECEIPT_BYTES).decode("utf-8", "replace")
        for line in text.splitlines():
            name, _colon, value = line.partition(":")
            if name.strip() in NAMES:
                found[NAMES[name.strip()]] = value
    found["receipt_id"] = found["receipt_id"].upper()
    found["digest"] = found["digest"].lower()
    return {name: re.sub(r"\s+", "", value) for name, value in found.items()}


def _examined(values: dict[str, str], keys: list[PublishedKey]) -> dict[str, Any]:
    for key in keys:
        receipt = Receipt(**values, public_key=key.public)
        if receipt.is_genuine():
            return {"is_genuine": True, "receipt": receipt, "key": key, "at": _moment(receipt.at)}
    return {"is_genuine": False}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
