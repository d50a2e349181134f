"""The first page and the health check."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outwork import __version__


@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """Say what this is and which version runs here."""
    return render(request, "outwork/home.html", {"version": __version__})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Lead browsers that show something without a page of ours, such as JSON, to the mark."""
    return redirect(static("outwork/mark.svg"))


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "failing", "database": "unreachable", "version": __version__}, status=503)
    return JsonResponse({"status": "ok", "database": connection.vendor, "version": __version__})
