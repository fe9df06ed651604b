"""What learns and proposes: detectors, linkers, recognizers, training and selection."""
