"""Weights: what they are called, where they come from, their checksum, licence and input."""
