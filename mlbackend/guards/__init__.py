"""Guards against accepting without looking: planted proposals, figures per person, accept all."""
