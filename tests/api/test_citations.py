from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.citations import Numbering, citation_url
from kb.model import Citation

CITATIONS = [Citation(f"n{number}.md", "T", (), 1, 2, "q", "en") for number in range(6)]


@given(st.lists(st.lists(st.sampled_from(CITATIONS))))
def test_numbers_follow_first_use_and_stay(batches: list[list[Citation]]) -> None:
    numbering = Numbering()
    given_out = [numbering.numbers(batch) for batch in batches]
    first_use = list(dict.fromkeys(citation for batch in batches for citation in batch))
    assert numbering.numbered() == list(enumerate(first_use, start=1))
    for batch, numbers in zip(batches, given_out, strict=True):
        assert numbers == list(dict.fromkeys(first_use.index(citation) + 1 for citation in batch))


def test_an_address_survives_spaces_and_chinese() -> None:
    citation = Citation("中文/a b#1?.md", "T", (), 3, 5, "q", "zh")
    assert citation_url(citation) == "/v1/notes/%E4%B8%AD%E6%96%87/a%20b%231%3F.md#L3-L5"
