"""The Django app that owns model versions, training rounds and the review queue."""

from django.apps import AppConfig


class MlbackendConfig(AppConfig):
    """Registers `mlbackend` under the label its tables and foreign keys use."""

    name = "mlbackend"
    label = "mlbackend"
    verbose_name = "Models, rounds and the review queue"
    default_auto_field = "django.db.models.BigAutoField"
