"""A file on its way in, piece by piece."""

import uuid

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """The bytes received so far lie in HOME/uploads under the row's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("labeling.Project", models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    filename = models.CharField(max_length=300)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    job = models.ForeignKey("labeling.Job", models.SET_NULL, null=True)
    video = models.ForeignKey("labeling.Video", models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
