"""The words that whyloss knows: typed nodes with their aliases, and the lexicon from which nodes are composed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from kb.content import read_folder, read_toml
from kb.errors import ContentError, Problem
from kb.model import LANGS, Level, Node, NodeKind
from kb.text import spellings

Category = Literal["node", "thing", "state", "action", "split", "phase", "cue", "hedge", "role", "stop"]

ANYTHING = "*"
"""In a composition: no thing is named at all."""
AS_CAUSE, AS_REMEDY = "as-cause", "as-remedy"
"""Stand for a predicate where a bare quantity is listed among causes or remedies."""
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


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a form of words can mean."""

    category: Category
    id: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A node put together from a thing, a predicate and qualifiers."""

    node: str
    needed: frozenset[str]
    """Qualifiers (splits, phases) that must be there."""
    barred: frozenset[str]
    """Qualifiers that must not be there."""


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
    pairs: Mapping[frozenset[str], str]
    """Two states said of one thing → the state that they amount to."""
    denied: Mapping[str, str]
    """State → the state that its denial amounts to."""
    shifts: Mapping[str, Mapping[str, str]]
    """Node → split → the node that its set phrase means when said of that split."""
    carried: frozenset[str]
    """Things that a later clause goes on speaking of."""
    parallel: Mapping[str, str]
    """State → its opposite, said of the same thing in a parallel clause."""
    particles: Mapping[str, tuple[str, ...]]
    """Where a particle stands → the particles that say something there."""
    undoing: frozenset[str]
    """Acts that take a remedy back when they stand right before its name."""
    contrary: Mapping[str, str]
    """Node → node that, said later in the same sentence, takes its place."""
    examples: Mapping[str, Examples]
    files: Mapping[str, str]
    """Node id → content file that defines it."""


def load_vocabulary(root: Path | None = None) -> Vocabulary:
    """Read and check the vocabulary; all faults come together in one ContentError."""
    reader = _Reader()
    for file, tables in read_folder("vocabulary", root=root):
        if file.endswith("/composed.toml"):
            reader.composed = tables
        elif file.endswith("/ambiguous.toml"):
            reader.read_ambiguous(file, tables)
        else:
            reader.read_nodes(file, tables)
    for file, tables in read_folder("lexicon", root=root):
        reader.read_lexicon(file, tables)
    combine = read_toml("lexicon/combine.toml", root=root)
    reader.read_compositions()
    reader.check_links()
    if reader.problems:
        raise ContentError(reader.problems)
    return Vocabulary(
        nodes=dict(sorted(reader.nodes.items())),
        forms={form: tuple(senses) for form, senses in sorted(reader.forms.items())},
        compositions={key: tuple(sorted(found, key=_specific)) for key, found in reader.compositions.items()},
        pairs={frozenset(pair["of"]): pair["is"] for pair in combine["pair"]},
        denied=combine["denied"],
        shifts=_shifts(combine["shift"]),
        carried=frozenset(combine["carried"]),
        parallel={one: other for pair in combine["parallel"] for one, other in (pair, pair[::-1])},
        particles={place: tuple(words) for place, words in combine["particles"].items()},
        undoing=frozenset(combine["undoing"]),
        contrary=dict(combine["contrary"]),
        examples=reader.examples,
        files=reader.files,
    )


def _shifts(entries: Iterable[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for entry in entries:
        out.setdefault(entry["node"], {})[entry["split"]] = entry["is"]
    return out


def _specific(composition: Composition) -> tuple[int, int, str]:
    return (-len(composition.needed), -len(composition.barred), composition.node)


class _Reader:
    """Collects entries and faults while files are read."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.files: dict[str, str] = {}
        self.forms: dict[str, list[Sense]] = {}
        self.owners: dict[str, str] = {}
        self.facets: dict[str, Category] = {}
        self.examples: dict[str, Examples] = {}
        self.compositions: dict[tuple[str, str], list[Composition]] = {}
        self.composed: Mapping[str, list[str]] = {}
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
        """Forms that may mean several nodes carry a sense for each, the likeliest first."""
        for entry in tables.values():
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
            for phrase in _phrases(entry):
                for form in spellings(phrase):
                    self._mean(form, Sense(category, id_))

    def read_compositions(self) -> None:
        file = "vocabulary/composed.toml"
        for node, patterns in self.composed.items():
            if node not in self.nodes:
                self.fault(file, f"`{node}` is no node of the vocabulary", "Define it or correct the id")
            for pattern in patterns:
                self._compose(file, node, pattern.split())

    def _compose(self, file: str, node: str, words: list[str]) -> None:
        unknown = [
            word
            for word in words
            if word.lstrip("-") not in self.facets and word not in (AS_CAUSE, AS_REMEDY, ANYTHING)
        ]
        if unknown:
            self.fault(
                file, f"`{node}` uses unknown parts: {', '.join(unknown)}", "Define them in lexicon/ or correct them"
            )
            return
        kinds = {word: self.facets.get(word.lstrip("-"), "thing" if word == ANYTHING else "state") for word in words}
        things = [word for word in words if kinds[word] == "thing"]
        predicates = [word for word in words if kinds[word] in ("state", "action")]
        if len(things) != 1 or len(predicates) != 1:
            self.fault(
                file,
                f"`{node}`: {' '.join(words)!r} needs one thing and one state or action",
                "Correct the composition",
            )
            return
        rest = [word for word in words if word not in (things[0], predicates[0])]
        self.compositions.setdefault((things[0], predicates[0]), []).append(
            Composition(
                node,
                frozenset(word for word in rest if not word.startswith("-")),
                frozenset(word[1:] for word in rest if word.startswith("-")),
            )
        )

    def check_links(self) -> None:
        for id_, node in self.nodes.items():
            if node.broader is not None and node.broader not in self.nodes:
                self.fault(self.files[id_], f"`{id_}` is filed under unknown `{node.broader}`", "Correct `broader`")


def _phrases(entry: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for lang in LANGS:
        yield from entry.get(lang, ())
