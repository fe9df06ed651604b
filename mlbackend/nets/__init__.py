"""One architecture a file. Needs neither Django nor Celery."""
