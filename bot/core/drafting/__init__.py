"""A first draft of answers: what a model may read, and what of its answer is believed."""
