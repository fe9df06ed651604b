"""Fine-tuning a detector on a project's own boxes: frames, net, loop, measure, record."""
