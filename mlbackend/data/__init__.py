"""Clips and what is computed from them: frames, features, synthetic clips with exact truth.

Reads snapshots and videos; no database, neither Django nor Celery.
"""
