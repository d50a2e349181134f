"""Attached files as a browser gets them: pictures and PDF in place, everything else as a download."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from outwork.models import Attachment
from outwork.operations.permitting import may
from outwork.queries.subjects import file_of
from outwork.rules.media import serving
from outwork.rules.roles import SUBJECT_AREAS

# Nothing in a file is run, loaded or framed, whatever a browser makes of it.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def file(request: HttpRequest, attachment: int) -> FileResponse:
    """Serve an attached file to who may see what it hangs on; 403 to others, 404 where there is none."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    found = Attachment.objects.filter(pk=attachment).exclude(digest="").first()
    if found is None or not file_of(found.digest).is_file():
        raise Http404
    if not any(may(request.user, area, "view") for area in SUBJECT_AREAS.get(found.subject_kind, ())):
        raise PermissionDenied
    how = serving(found.media_type)
    response = FileResponse(
        file_of(found.digest).open("rb"),
        as_attachment=not how.is_inline,
        filename=found.name,
        content_type=how.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
