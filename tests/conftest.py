"""What all tests share: one compiled vocabulary, since compiling it takes half a second."""

from __future__ import annotations

import pytest

from kb.convert import Converter
from kb.terms import Terms
from kb.vocabulary import Vocabulary, load_vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return load_vocabulary()


@pytest.fixture(scope="session")
def terms(vocabulary: Vocabulary) -> Terms:
    """The shipped vocabulary, compiled."""
    return Terms(vocabulary)


@pytest.fixture(scope="session")
def converter(terms: Terms) -> Converter:
    """A converter over the shipped vocabulary."""
    return Converter(terms)
