"""The words that whyloss knows: typed nodes with their aliases, and the lexicon from which nodes are composed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast, get_args

from kb.composition import Category, Composition, Sense, compositions_of
from kb.content import read_folder, read_toml
from kb.errors import ContentError, Problem
from kb.model import LANGS, Level, Node, NodeKind
from kb.templates import slots, with_templates
from kb.text import spellings

KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KINDS: Mapping[str, NodeKind] = {
    "causes": "cause", "symptoms": "symptom", "remedies": "remedy",
    "checks": "check", "factors": "factor", "concepts": "concept",
}  # fmt: skip
_LEXICON: Mapping[str, Category] = {
    "things": "thing", "states": "state", "actions": "action", "cues": "cue",
    "hedges": "hedge", "roles": "role", "stop": "stop",
}  # fmt: skip
_QUALIFIERS: tuple[Category, ...] = ("split", "phase")
_ASKED = "asked.toml"
"""Compositions that mean something else in a question than in a note."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences that prove a vocabulary entry."""

    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that `content/vocabulary` and `content/lexicon` say, checked."""

    nodes: Mapping[str, Node]
    forms: Mapping[str, tuple[Sense, ...]]
    """Folded form of words → what it can mean."""
    compositions: Mapping[tuple[str, str], tuple[Composition, ...]]
    """(thing, predicate) → compositions, the most specific first."""
    asked: Mapping[tuple[str, str], tuple[Composition, ...]]
    """The same for questions, where they mean something else than in notes."""
    pairs: Mapping[frozenset[str], str]
    """Two states said of one thing → the state that they amount to."""
    denied: Mapping[str, str]
    """State → the state that its denial amounts to."""
    shifts: Mapping[str, Mapping[str, str]]
    """Node → split → the node that its set phrase means when said of that split."""
    templates: Mapping[str, Any]
    """`lexicon/templates.toml`: forms of states as people who ask put them together."""
    said_of_asked: Mapping[tuple[str, str], str]
    reach_asked: int
    """`reach` in questions, whose clauses have fewer things to be confused."""
    said_of: Mapping[tuple[str, str], str]
    """(node, thing) → what a set phrase of the node means in a question when it speaks of the thing."""
    unshifted: frozenset[str]
    """Nodes whose phrases mean the same of every split in a question."""
    carried: frozenset[str]
    """Things that a later clause goes on speaking of."""
    shown_by: frozenset[str]
    """Things that only show the one named right before them."""
    measured: frozenset[str]
    """Things of which two in one breath do the same."""
    settling: frozenset[str]
    """Things that settle what a question's state is said of."""
    timing: frozenset[str]
    """Things that numbers count, which date what is said."""
    parallel: Mapping[str, str]
    """State → its opposite, said of the same thing in a parallel clause."""
    particles: Mapping[str, tuple[str, ...]]
    """Where a particle stands → the particles that say something there."""
    reach: int
    """Code points between a predicate and its thing beyond which they are not taken together."""
    undoing: frozenset[str]
    """Acts that take a remedy back when they stand right before its name."""
    contrary: Mapping[str, str]
    """Node → node that, said later in the same sentence, takes its place."""
    likeliest: Mapping[str, str]
    """First meaning of an ambiguous phrase in a note → its likeliest meaning in a question."""
    examples: Mapping[str, Examples]
    files: Mapping[str, str]
    """Node id → content file that defines it."""
    of_questions: bool = False
    """Whether it is used on questions, whose sentences run on more loosely than a note's."""

    def for_questions(self) -> Vocabulary:
        """Return the vocabulary as questions use it: "low accuracy on val" is no statement about overfitting there."""
        shifts = {node: found for node, found in self.shifts.items() if node not in self.unshifted}
        compositions = {**self.compositions, **self.asked}
        forms = with_templates(self.forms, self.templates)
        return replace(
            self,
            forms=forms,
            compositions=compositions,
            shifts=shifts,
            reach=self.reach_asked,
            said_of=self.said_of_asked,
            of_questions=True,
        )


def load_vocabulary(root: Path | None = None) -> Vocabulary:
    """Read and check the vocabulary; all faults come together in one ContentError."""
    reader = _read(root)
    templates = read_toml("lexicon/templates.toml", root=root)
    reader.check_templates(templates)
    combine = read_toml("lexicon/combine.toml", root=root)
    compositions = compositions_of(
        "vocabulary/composed.toml", reader.composed, reader.nodes, reader.facets, reader.problems
    )
    asked = compositions_of(f"vocabulary/{_ASKED}", reader.asked, reader.nodes, reader.facets, reader.problems)
    reader.check_links()
    if reader.problems:
        raise ContentError(reader.problems)
    return Vocabulary(
        nodes=dict(sorted(reader.nodes.items())),
        forms={form: tuple(senses) for form, senses in sorted(reader.forms.items())},
        compositions=compositions,
        asked=asked,
        pairs={frozenset(pair["of"]): pair["is"] for pair in combine["pair"]},
        denied=combine["denied"],
        shifts=_shifts(combine["shift"]),
        unshifted=frozenset(combine["unshifted"]),
        said_of={},
        said_of_asked={(entry["node"], entry["thing"]): entry["is"] for entry in combine["said_of"]},
        templates=templates,
        reach=combine["reach"]["note"],
        reach_asked=combine["reach"]["question"],
        carried=frozenset(combine["carried"]),
        measured=frozenset(combine["measured"]),
        settling=frozenset(combine["settling"]),
        timing=frozenset(combine["timing"]),
        shown_by=frozenset(combine["shown_by"]),
        parallel={one: other for pair in combine["parallel"] for one, other in (pair, pair[::-1])},
        particles={place: tuple(words) for place, words in combine["particles"].items()},
        undoing=frozenset(combine["undoing"]),
        contrary=dict(combine["contrary"]),
        likeliest=reader.likeliest,
        examples=reader.examples,
        files=reader.files,
    )


def _read(root: Path | None) -> _Reader:
    """The files of the vocabulary and the lexicon, with the faults found in them."""
    reader = _Reader()
    for file, tables in read_folder("vocabulary", root=root):
        if file.endswith("/composed.toml"):
            reader.composed = tables
        elif file.endswith(f"/{_ASKED}"):
            reader.asked = tables
        elif file.endswith("/ambiguous.toml"):
            reader.read_ambiguous(file, tables)
        else:
            reader.read_nodes(file, tables)
    for file, tables in read_folder("lexicon", root=root):
        reader.read_lexicon(file, tables)
    return reader


def _shifts(entries: Iterable[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for entry in entries:
        out.setdefault(entry["node"], {})[entry["split"]] = entry["is"]
    return out


class _Reader:
    """Collects entries and faults while files are read."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.files: dict[str, str] = {}
        self.forms: dict[str, list[Sense]] = {}
        self.owners: dict[str, str] = {}
        self.facets: dict[str, Category] = {}
        self.examples: dict[str, Examples] = {}
        self.composed: Mapping[str, list[str]] = {}
        self.asked: Mapping[str, list[str]] = {}
        self.likeliest: dict[str, str] = {}
        self.problems: list[Problem] = []

    def fault(self, file: str, what: str, todo: str) -> None:
        self.problems.append(Problem(file, None, what, todo))

    def read_nodes(self, file: str, tables: Mapping[str, Any]) -> None:
        kind = _KINDS.get(Path(file).stem)
        if kind is None:
            self.fault(file, "no node kind has this file name", f"Name it one of {', '.join(_KINDS)}, or composed")
            return
        for id_, entry in tables.items():
            if id_ in self.nodes:
                self.fault(file, f"`{id_}` is defined twice (also in {self.files[id_]})", "Keep one")
            elif not KEBAB.fullmatch(id_):
                self.fault(file, f"`{id_}` is not kebab-case", "Use lower-case words joined by hyphens")
            elif set(entry.get("label", {})) != set(LANGS):
                self.fault(file, f"`{id_}` lacks a label in both languages", 'Add label = { en = "…", zh = "…" }')
            else:
                self._add_node(file, id_, kind, entry)

    def _add_node(self, file: str, id_: str, kind: NodeKind, entry: Mapping[str, Any]) -> None:
        aliases = {lang: tuple(entry.get("aliases", {}).get(lang, ())) for lang in LANGS}
        level = entry.get("level")
        if kind == "cause" and level not in get_args(Level):
            self.fault(file, f"cause `{id_}` has no level", 'Add level = "root" or level = "mechanism"')
        self.files[id_] = file
        self.nodes[id_] = Node(
            id=id_, kind=kind, labels=dict(sorted(entry["label"].items())), aliases=aliases,
            level=cast("Level | None", level), meaning=dict(sorted(entry.get("meaning", {}).items())),
            broader=entry.get("broader"), also=tuple(entry.get("also", ())),
        )  # fmt: skip
        self.examples[id_] = Examples(tuple(entry.get("match", ())), tuple(entry.get("no_match", ())))
        for phrase in {*entry["label"].values(), *(alias for group in aliases.values() for alias in group)}:
            self._own(file, phrase, id_)

    def _own(self, file: str, phrase: str, id_: str) -> None:
        for form in spellings(phrase):
            owner = self.owners.setdefault(form, id_)
            if owner == id_:
                self._mean(form, Sense("node", id_))
            else:
                self.fault(
                    file, f"the alias {form!r} of `{id_}` belongs to `{owner}` already", "Give it to one of them"
                )

    def _mean(self, form: str, sense: Sense) -> None:
        senses = self.forms.setdefault(form, [])
        if form and sense not in senses:
            senses.append(sense)

    def read_ambiguous(self, file: str, tables: Mapping[str, Any]) -> None:
        """Forms that may mean several nodes carry a sense for each, the one that a note means first."""
        for entry in tables.values():
            self.likeliest[entry["means"][0]] = entry.get("asked", entry["means"][0])
            for phrase in _phrases(entry):
                for form in spellings(phrase):
                    if self.owners.setdefault(form, file) != file:
                        self.fault(
                            file, f"the ambiguous form {form!r} belongs to `{self.owners[form]}`", "Keep one of the two"
                        )
                    for node in entry["means"]:
                        self._mean(form, Sense("node", node))

    def read_lexicon(self, file: str, tables: Mapping[str, Any]) -> None:
        stem = Path(file).stem
        if stem == "qualifiers":
            for category in _QUALIFIERS:
                self._add_facets(file, category, tables.get(category, {}))
        elif stem in _LEXICON:
            self._add_facets(file, _LEXICON[stem], tables)

    def _add_facets(self, file: str, category: Category, tables: Mapping[str, Any]) -> None:
        for id_, entry in tables.items():
            is_facet = category in ("thing", "state", "action", "split", "phase")
            if is_facet and self.facets.setdefault(id_, category) != category:
                self.fault(file, f"`{id_}` is used for two kinds of facet", "Rename one")
            sense = Sense(category, id_)
            for phrase in _phrases(entry):
                for form in spellings(phrase):
                    self._mean(form, sense)
            for node in entry.get("nodes", ()):
                for form in sorted(form for form, owner in self.owners.items() if owner == node):
                    self._mean(form, sense)

    def check_templates(self, tables: Mapping[str, Any]) -> None:
        for state, templates in tables["states"].items():
            for template in templates:
                if set(slots(template)) - tables["words"].keys() or self.facets.get(state) != "state":
                    self.fault(
                        "lexicon/templates.toml",
                        f"`{state}`: {template!r} uses parts that no lexicon defines",
                        "Define them or correct the template",
                    )

    def check_links(self) -> None:
        for id_, node in self.nodes.items():
            if node.broader is not None and node.broader not in self.nodes:
                self.fault(self.files[id_], f"`{id_}` is filed under unknown `{node.broader}`", "Correct `broader`")


def _phrases(entry: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for lang in LANGS:
        yield from entry.get(lang, ())
