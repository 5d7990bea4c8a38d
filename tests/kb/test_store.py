"""Facts about graph.jsonl: the same graph is the same bytes, and a file that isn't whole is never loaded."""

from __future__ import annotations

import json
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ContentError, InputError
from kb.graph import all_edges, all_nodes, assemble, fingerprint
from kb.model import Citation, Edge, Node
from kb.store import load, save, version

pytestmark = pytest.mark.filterwarnings("error")

CITATION = Citation("中/nan.md", "出现 NaN", ("原因", "学习率"), 12, 13, "学习率过大会“爆炸”。", "zh")
RATE = Node(
    "learning-rate-too-high",
    "cause",
    {"en": "learning rate too high", "zh": "学习率过大"},
    {"en": ("lr too big",), "zh": ("学习率太高", "步长过大")},
    "root",
    {"en": "Steps overshoot.", "zh": "步子太大。"},
    "rate-unsuitable",
    ("high-lr",),
)
BROADER = Node("rate-unsuitable", "cause", {"en": "unsuitable rate"}, level="root", reviewed=False)
NAN = Node("loss-nan", "symptom", {"en": "loss is NaN"})
SHOWS = Edge("learning-rate-too-high", "loss-nan", "has_symptom", 0.7, (CITATION,))
WRONG = Edge("rate-unsuitable", "loss-nan", "has_symptom", 0.5, (CITATION,), "retracted", "Too general.")
NODES = (RATE, BROADER, NAN)
EDGES = (SHOWS, WRONG)


def saved(folder: Path, nodes: Any = NODES, edges: Any = EDGES) -> Path:
    path = folder / "graph.jsonl"
    save(assemble(nodes, edges), path)
    return path


def with_true_header(body: bytes, number: int = 1) -> bytes:
    return json.dumps({"format": number, "version": fingerprint([body])}).encode() + b"\n" + body


def refusal(path: Path) -> str:
    with pytest.raises(ContentError, match="Run `whyloss kb build`") as caught:
        load(path)
    return str(caught.value)


# ---- round trips


def test_a_loaded_graph_is_the_saved_one(tmp_path: Path) -> None:
    before, after = assemble(NODES, EDGES), load(saved(tmp_path))
    assert all_nodes(after) == all_nodes(before)
    assert all_edges(after) == all_edges(before)
    assert after.graph == before.graph


TEXT = st.text(max_size=40)


@given(label=TEXT, quote=TEXT, heading=st.lists(TEXT, max_size=3), reason=st.none() | TEXT, strength=st.floats(0, 1))
def test_any_text_and_any_strength_come_back_as_they_were(
    label: str, quote: str, heading: list[str], reason: str | None, strength: float
) -> None:
    node = replace(NAN, labels={"zh": label, "en": quote}, aliases={"en": (label, quote)})
    citation = replace(CITATION, quote=quote, heading=tuple(heading), title=label)
    edge = replace(SHOWS, citations=(citation, CITATION), reason=reason, strength=strength)
    with tempfile.TemporaryDirectory() as folder:
        graph = load(saved(Path(folder), (RATE, BROADER, node), (edge,)))
    assert all_nodes(graph) == [RATE, node, BROADER]
    assert all_edges(graph) == [edge]


@given(nodes=st.permutations(NODES), edges=st.permutations(EDGES))
def test_the_same_graph_gives_the_same_bytes(nodes: list[Node], edges: list[Edge]) -> None:
    turned = [replace(node, labels=MappingProxyType(dict(reversed(list(node.labels.items()))))) for node in nodes]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        assert saved(Path(one), turned, edges).read_bytes() == saved(Path(two)).read_bytes()


def test_saving_what_was_loaded_changes_no_byte(tmp_path: Path) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    save(load(path), path)
    assert path.read_bytes() == before


# ---- the file


def test_the_file_is_a_header_then_sorted_nodes_then_sorted_edges(tmp_path: Path) -> None:
    header, *lines = [json.loads(line) for line in saved(tmp_path).read_text("utf-8").splitlines()]
    assert header == {"format": 1, "version": version(assemble(NODES, EDGES))}
    assert [line.get("id") or line["source"] for line in lines] == [
        "learning-rate-too-high",
        "loss-nan",
        "rate-unsuitable",
        "learning-rate-too-high",
        "rate-unsuitable",
    ]


def test_keys_stand_in_the_order_of_the_model_and_text_stands_as_itself(tmp_path: Path) -> None:
    lines = saved(tmp_path).read_text("utf-8").splitlines()
    assert list(json.loads(lines[1])) == [field.name for field in fields(Node)]
    assert list(json.loads(lines[-1])) == [field.name for field in fields(Edge)]
    assert "学习率过大会“爆炸”。" in lines[-1]


def test_a_failed_save_leaves_the_former_file_and_nothing_else(tmp_path: Path) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    graph = assemble(NODES, EDGES)
    graph.nodes["loss-nan"]["node"] = replace(NAN, labels={"en": "\udc80"})
    with pytest.raises(ContentError, match="surrogate"):
        save(graph, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_to_is_the_callers_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for place in (folder, tmp_path / "missing" / "graph.jsonl"):
        with pytest.raises(InputError, match="Can't write"):
            save(assemble(NODES, EDGES), place)
    assert list(tmp_path.iterdir()) == [folder]


# ---- the version

CHANGES: list[tuple[str, tuple[Node, ...], tuple[Edge, ...]]] = [
    *(
        (f"node {name}", (RATE, BROADER, replace(NAN, **{name: value})), EDGES)
        for name, value in {
            "labels": {"en": "loss is nan"},
            "aliases": {"en": ("nan",)},
            "meaning": {"en": "Not a number."},
            "also": ("nan-loss",),
            "reviewed": False,
        }.items()
    ),
    ("node broader", (replace(RATE, broader=None), BROADER, NAN), EDGES),
    ("node level", (replace(RATE, level="mechanism"), BROADER, NAN), EDGES),
    ("node added", (*NODES, replace(NAN, id="loss-zero")), EDGES),
    *(
        (f"edge {name}", NODES, (replace(SHOWS, **{name: value}), WRONG))
        for name, value in {"strength": 0.71, "status": "amended", "reason": "", "citations": (CITATION,) * 2}.items()
    ),
    ("edge dropped", NODES, (WRONG,)),
    *(
        (f"citation {name}", NODES, (replace(SHOWS, citations=(replace(CITATION, **{name: value}),)), WRONG))
        for name, value in {
            "note": "b.md",
            "title": "",
            "heading": ("原因学习率",),
            "line_start": 11,
            "line_end": 14,
            "quote": "学习率过大",
            "lang": "en",
        }.items()
    ),
]


@pytest.mark.parametrize(("nodes", "edges"), [change[1:] for change in CHANGES], ids=[change[0] for change in CHANGES])
def test_any_change_of_any_field_changes_the_version(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> None:
    assert version(assemble(nodes, edges)) != version(assemble(NODES, EDGES))


def test_the_version_is_that_of_what_the_graph_holds_now() -> None:
    graph = assemble(NODES, EDGES)
    assert version(graph) == graph.graph["version"]
    graph.remove_node("rate-unsuitable")
    assert version(graph) != graph.graph["version"]


# ---- files that aren't whole


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        refusal(path)


@given(place=st.integers(0), mask=st.integers(1, 255))
def test_a_file_with_one_byte_changed_is_refused(place: int, mask: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder))
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= mask
        path.write_bytes(data)
        refusal(path)


def test_a_missing_file_is_refused_with_the_way_to_make_it(tmp_path: Path) -> None:
    assert "can't be read" in refusal(tmp_path / "graph.jsonl")


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.jsonl"
    path.write_bytes(with_true_header(b"", number=2))
    assert "format 2" in refusal(path)


@pytest.mark.parametrize(
    "line", [b"[]", b"nonsense", b'{"id":"a","kind":"animal","labels":{}}', b'{"id":"\xff"}', b"", b'{"source":"a"}']
)
def test_a_line_that_is_neither_node_nor_edge_is_refused_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "graph.jsonl"
    path.write_bytes(with_true_header(line + b"\n"))
    assert f"{path}:2: this is neither" in refusal(path)


def test_a_file_with_a_field_that_we_do_not_know_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    body = path.read_bytes().partition(b"\n")[2].replace(b'"reviewed":', b'"rating":3,"reviewed":', 1)
    path.write_bytes(with_true_header(body))
    assert "doesn't write" in refusal(path)


def test_a_file_that_breaks_the_schema_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    body = path.read_bytes().partition(b"\n")[2].replace(b'"level":"root"', b'"level":null')
    path.write_bytes(with_true_header(body))
    with pytest.raises(ContentError, match="no level"):
        load(path)
