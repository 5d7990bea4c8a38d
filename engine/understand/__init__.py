"""From a person's words to typed statements; `reader.py` is the list of stages."""

from engine.understand.reader import Understander

__all__ = ["Understander"]
