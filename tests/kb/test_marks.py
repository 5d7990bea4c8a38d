"""Finding the lexicon's words in folded text, against a slow and obvious twin."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.composition import Sense
from kb.marks import Marker
from kb.terms import Terms
from kb.text import fold, squeeze
from kb.vocabulary import Vocabulary

WORD = set("abcdefghijklmnopqrstuvwxyz0123456789")
WORDS = st.text("ab 学习-", min_size=1, max_size=4)
FORMS = st.sets(WORDS, max_size=6).map(lambda words: {word: (Sense("node", word),) for word in words})


def found_slowly(forms: dict[str, tuple[Sense, ...]], text: str) -> list[tuple[int, int]]:
    """At each place the longest form that is a word of its own, its plural included; then on behind it."""
    out, at = [], 0
    while at < len(text):
        ends = [end for form in forms if (end := ends_at(form, text, at))]
        if ends:
            out.append((at, max(ends)))
        at = max(ends, default=at + 1)
    return out


def ends_at(form: str, text: str, at: int) -> int:
    end = at + len(form)
    if not text.startswith(form, at) or (form[0] in WORD and text[at - 1 : at] in WORD):
        return 0
    if form[-1] in WORD and text[end : end + 1] == "s":
        end += 1
    return 0 if form[-1] in WORD and text[end : end + 1] in WORD else end


@given(forms=FORMS, text=st.text("abs 学习-", max_size=20))
def test_marks_are_the_longest_words_from_left_to_right(forms: dict[str, tuple[Sense, ...]], text: str) -> None:
    assert [(mark.start, mark.end) for mark in Marker(forms).marks(text)] == found_slowly(forms, text)


def test_every_node_is_found_by_its_labels_and_aliases(vocabulary: Vocabulary, terms: Terms) -> None:
    for node in vocabulary.nodes.values():
        for phrase in (*node.labels.values(), *(alias for group in node.aliases.values() for alias in group)):
            marks = terms.marks(squeeze(fold(phrase)))
            assert any(sense.id == node.id for mark in marks for sense in mark.senses), f"{node.id}: {phrase}"


def test_a_term_inside_another_word_is_no_term(terms: Terms) -> None:
    assert not [mark for mark in terms.marks("nanosecond adamant overfittingly") if mark.form.node]


def test_a_plural_is_the_word(terms: Terms) -> None:
    (mark,) = terms.marks("dropouts")
    assert (mark.start, mark.end, mark.form.node) == (0, 8, "dropout")


@given(st.text())
def test_spans_stay_inside_the_text_and_apart(terms: Terms, text: str) -> None:
    folded = fold(text)
    marks = terms.marks(folded)
    assert all(0 <= mark.start < mark.end <= len(folded) for mark in marks)
    assert all(one.end <= other.start for one, other in pairwise(marks))
