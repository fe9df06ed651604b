from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"

    def ready(self) -> None:
        """Wire what follows what, in the web server, the workers and commands alike."""
        try:
            from annotator import pipeline
        except ImportError as e:
            print("PIPELINE NOT READY", e)
            return
        pipeline.connect()
