"""Runs the reviewable cases of `cases/*.txt`: small notes, and what an expert reads in them.

=== what the case shows                       a case begins; its note follows, counted from line 1
=> source relation target @line strength      must be stated; strength (certain … rare, plain) may be left out
=! source relation target                     must not be stated; `*` stands for anything
=! anything else                              nothing but the above is stated

A target in quotes is a new term by its label; `(line)` is the line itself: what `cautions`, what `explains`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.convert import Converter
from kb.notes import Note, decode

CASE = re.compile(r"^=== (.+)\n((?:(?!=== ).*\n)*)", re.M)
RULE = re.compile(r"^=([>!]) (.+)\n", re.M)
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("cases/*.txt"))}
CASES = [pytest.param(body, id=f"{theme}: {title}") for theme in TEXTS for title, body in CASE.findall(TEXTS[theme])]


def stated(converter: Converter, text: str) -> list[str]:
    note = decode(text.encode(), "case.md")
    assert isinstance(note, Note)
    read = converter.convert(note)
    name = {node.id: f'"{next(iter(node.labels.values()))}"' for node in read.minted} | {"": "(line)"}
    statements = [(f"{f.source} {f.relation} {name.get(f.target, f.target)}", f) for f in read.found if not f.denied]
    explained = [f"(line) explains {node} @{e.citation.line_start}" for e in read.explained for node in e.nodes]
    return [f"{statement} @{f.citation.line_start} {f.hedge}" for statement, f in statements] + explained


@pytest.mark.parametrize("case", CASES)
def test_an_expert_reads_the_same(converter: Converter, case: str) -> None:
    got = stated(converter, RULE.sub("", case))
    fits = {
        (mark, rule): [s for s in got if re.match(re.escape(rule).replace(r"\*", ".+") + "( |$)", s)]
        for mark, rule in RULE.findall(case)
    }
    missing = [rule for (mark, rule), found in fits.items() if mark == ">" and not found]
    wrong = [statement for (mark, _), found in fits.items() if mark == "!" for statement in found]
    if ("!", "anything else") in fits:
        wrong += [s for s in got if "explains" not in s and not any(s in found for found in fits.values())]
    assert fits, "a case expects something"
    assert (missing, wrong) == ([], []), "\n".join([case, "Stated:", *got])


def test_the_cases_name_nodes_that_exist(converter: Converter) -> None:
    rules = [rule.split() for text in TEXTS.values() for _, rule in RULE.findall(text) if rule != "anything else"]
    named = {end for rule in rules for end in (rule[0], rule[2]) if end[0] not in '*("'}
    assert named <= converter.terms.vocabulary.nodes.keys()
