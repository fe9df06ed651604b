"""Measures what the models here do on real clips: effort, time, accuracy; figures as ratios."""
