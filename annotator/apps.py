from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"

    def ready(self) -> None:
        """Wire what follows what, in the web server, the workers and commands alike."""
        # Without its own Celery application a process would send to the default broker.
        from annotator import celery, pipeline  # noqa: F401

        pipeline.connect()
