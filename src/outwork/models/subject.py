"""What can hang on anything people look at: attachments, comments, tags and parameters.

They name their subject by its kind (`rules/subjects.py` lists them) and id.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class OnSubject(models.Model):
    """A row that hangs on a subject."""

    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Attachment(OnSubject):
    """A file or a link. `digest` names the stored file (SHA-256): the same file twice is stored once."""

    name = models.CharField(max_length=255)
    link = models.CharField(max_length=2000, default="")
    digest = models.CharField(max_length=64, default="")
    media_type = models.CharField(max_length=100, default="")
    size = models.PositiveBigIntegerField(default=0)
    comment = models.CharField(max_length=250, default="")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(link="") & ~Q(digest="")) | (~Q(link="") & Q(digest="")),
                name="attachment_is_a_file_or_a_link",
            )
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="attachment_by_subject"),
            models.Index(fields=["digest"], condition=~Q(digest=""), name="attachment_by_digest"),
        ]

    def __str__(self) -> str:
        return self.name


class Comment(OnSubject):
    """What somebody said about a document."""

    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="comment_by_subject")]

    def __str__(self) -> str:
        return self.text[:40]


class Tag(OnSubject):
    """A word that people find things again by; a subject has each word once."""

    word = models.CharField(max_length=50)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "word"], name="tag_is_put_on_a_subject_once")
        ]
        indexes = [models.Index(fields=["subject_kind", "word"], name="tag_by_word")]

    def __str__(self) -> str:
        return self.word


class ParameterTemplate(models.Model):
    """A property that things of some kind have: its name, unit and, where it is one of a few, its choices."""

    name = models.CharField(max_length=100, unique=True)
    unit = models.CharField(max_length=20, default="")
    description = models.CharField(max_length=250, default="")
    choices: Any = models.JSONField(default=list)
    is_checkbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Parameter(OnSubject):
    """The value of a property of one thing: as written, and as a number in the template's unit where it is one."""

    template = models.ForeignKey(ParameterTemplate, on_delete=models.PROTECT, related_name="parameters")
    text = models.CharField(max_length=500)
    number = models.FloatField(null=True)
    note = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "template"], name="parameter_of_a_subject_is_stated_once"
            )
        ]

    def __str__(self) -> str:
        return self.text
