"""Notes become a typed, cited graph: symptom → cause → remedy."""
