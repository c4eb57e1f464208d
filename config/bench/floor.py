"""What a bare Django program needs for the same work. No code of the product is used."""

import uuid

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

ROWS = """
SELECT c.id, c.reference, c.receipt_id, c.title, c.state, c.received_at, c.next_due_on,
    c.next_due_kind, c.reprisal_risk, u.name
FROM cases_case c LEFT JOIN accounts_user u ON u.id = c.officer_id
ORDER BY c.received_at DESC, c.id DESC LIMIT %s
"""
PAGE = Engine().from_string(
    """<!doctype html><html lang="en"><head><title>Cases</title></head><body><h1>Cases</h1>
<p>{{ user.name }}</p><table>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>
{% endfor %}</tr>{% endfor %}</table><!-- {{ filling }} --></body></html>"""
)


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """F1: a signed-in session, 25 rows by one statement, a plain template of so many bytes."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [int(request.GET.get("rows", 25))])
        found = cursor.fetchall()
    filling = "x" * int(request.GET.get("filling", 0))
    context = {"rows": found, "user": request.user, "filling": filling}
    return HttpResponse(PAGE.render(Context(context)))


@csrf_exempt
@transaction.atomic
def insert(request: HttpRequest) -> HttpResponse:
    """F2: one transaction that inserts a row and a row of its history."""
    pk = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_case (id, title, state, at) VALUES (%s, %s, 'received', now())",
            [pk, request.POST.get("title", "A case")],
        )
        cursor.execute(
            "INSERT INTO bench_event (case_id, sequence, kind, at) "
            "VALUES (%s, 1, 'case.received', now())",
            [pk],
        )
    return JsonResponse({"id": str(pk)}, status=201)


urlpatterns = [path("rows/", rows), path("insert/", insert)]
