"""The loop that trains nets: tensors and files in, weights out; neither Django nor Celery."""
