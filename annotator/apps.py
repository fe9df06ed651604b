from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"

    def ready(self) -> None:
        """Wire what follows what, in the web server, the workers and commands alike."""
        from annotator import pipeline

        pipeline.connect()
