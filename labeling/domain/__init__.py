"""Pure values and maths of annotation: standard library and NumPy only."""
