"""Words, curves and settings become ranked, cited explanations."""
