"""HTTP: the examples of OpenAPI run, every error is a problem document, and no path leads out of the notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.rest import create_app
from api.schema import AskRequest, Problem, to_json
from api.service import Service
from api.settings import Settings

JSON = {"Content-Type": "application/json"}


def problem(response: httpx2.Response, status: int) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate_json(response.content)
    assert found.status == status
    assert found.type == "about:blank" or found.type.startswith("urn:whyloss:problem:")
    return found


def operations(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Method, path, operation and the whole document."""
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation, document


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


# ---- OpenAPI


def test_every_body_and_path_in_openapi_has_examples_that_run_as_they_stand(client: TestClient) -> None:
    ran = 0
    for method, path, operation, document in operations(client):
        parameters = operation.get("parameters", [])
        named = {p["name"]: p["schema"]["examples"][0] for p in parameters if p["in"] == "path"}
        query = {
            p["name"]: p["schema"]["examples"][0]
            for p in parameters
            if p["in"] == "query" and "examples" in p["schema"]
        }
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        examples = resolved(body, document)["examples"] if body else [None]
        for example in examples:
            response = client.request(method, path.format_map(named), params=query, json=example)
            assert response.status_code == 200, (path, example, response.text)
            ran += 1
    assert ran >= 11


def test_openapi_says_that_errors_are_problem_documents(client: TestClient) -> None:
    seen = 0
    for *_, operation, document in operations(client):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert set(response["content"]) == {"application/problem+json"}
                schema = response["content"]["application/problem+json"]["schema"]
                assert resolved(schema, document)["title"] == "Problem"
                seen += 1
    assert seen > 5
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_successful_answer_is_described(client: TestClient) -> None:
    for *_, operation, _document in operations(client):
        assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]


# ---- questions


def test_an_answer_has_every_field_of_the_contract(client: TestClient) -> None:
    answer = client.post("/v1/ask", json={"question": "loss is NaN after epoch 3"}).json()
    assert list(answer) == [
        *("status", "intent", "lang", "answer", "observations", "factors", "tried", "contrasts"),
        *("explanations", "passages"),
        *("citations", "next_questions", "should_stop", "unmatched", "warnings", "kb_version"),
    ]
    assert list(answer["explanations"][0]) == [
        *("rank", "cause", "label", "level", "probability", "chain", "contributions", "unconfirmed"),
        *("remedies", "checks"),
    ]
    assert set(answer["citations"][0]) == {
        *("id", "note", "title", "heading", "line_start", "line_end", "quote", "lang", "url"),
    }
    assert set(answer["next_questions"][0]) == {"symptom", "text", "options", "information_gain", "separates"}
    assert {key for found in answer["explanations"] for advice in found["remedies"] for key in advice} == {
        *("remedy", "label", "citations", "cautions"),
    }


def test_every_citations_address_opens_the_note_that_holds_its_quote(client: TestClient) -> None:
    for question in ("loss is NaN", "验证集 loss 上升"):
        citations = client.post("/v1/ask", json={"question": question}).json()["citations"]
        assert citations
        for citation in citations:
            opened = client.get(citation["url"]).json()
            lines = opened["text"].split("\n")[citation["line_start"] - 1 : citation["line_end"]]
            assert citation["quote"] in " ".join(" ".join(lines).split())


def test_rest_gives_the_bytes_of_the_service(client: TestClient, service: Service) -> None:
    question = "梯度爆炸怎么办？"
    assert client.post("/v1/ask", json={"question": question}).content == to_json(
        service.ask(AskRequest(question=question))
    )


def test_series_may_hold_what_logs_hold(client: TestClient) -> None:
    series = (
        '{"a": [1, 2.5, "NaN", "Infinity", "-Infinity", null, NaN, Infinity], "b": {"step": [0], "value": ["NaN"]}}'
    )
    body = f'{{"question": "loss is NaN", "series": {series}, "axis": "step"}}'
    response = client.post("/v1/ask", content=body, headers=JSON)
    assert response.status_code == 200
    assert len(response.json()["warnings"]) == 1


# ---- errors

BAD_BODIES: list[tuple[bytes, str]] = [
    (b"", ""),
    (b"{bad", "/1"),
    (b"\xff\xfe", "/0"),
    (b"[1]", ""),
    (b"{}", "/question"),
    (b'{"question": ""}', "/question"),
    (b'{"question": "  \\n "}', "/question"),
    (b'{"question": "\\ud800"}', "/question"),
    (b'{"question": 5}', "/question"),
    (json.dumps({"question": "x" * 20_001}).encode(), "/question"),
    (b'{"question": "x", "colour": 1}', "/colour"),
    (b'{"question": "x", "top": 0}', "/top"),
    (b'{"question": "x", "top": "5"}', "/top"),
    (b'{"question": "x", "top": true}', "/top"),
    (b'{"question": "x", "lang": "fr"}', "/lang"),
    (b'{"question": "x", "axis": "hour"}', "/axis"),
    (b'{"question": "x", "series": {"a": ["nan"]}}', "/series/a"),
    (b'{"question": "x", "series": {"a": [true]}}', "/series/a"),
    (b'{"question": "x", "context": {"a": "\\udc00"}}', "/context/a"),
    (b'{"question": "x", "context": {"~/": "' + b"v" * 2001 + b'"}}', "/context/~0~1"),
    (b'{"question": "x", "evidence": [{"symptom": "loss-nan"}]}', "/evidence/0/state"),
    (b'{"question": "x", "evidence": [{"symptom": "loss-nan", "state": "maybe"}]}', "/evidence/0/state"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD_BODIES, ids=[str(body[:50]) for body, _ in BAD_BODIES])
def test_a_bad_body_is_a_problem_that_points_at_the_fault(client: TestClient, body: bytes, pointer: str) -> None:
    found = problem(client.post("/v1/ask", content=body, headers=JSON), 422)
    assert found.errors
    assert any(error.pointer.startswith(pointer) for error in found.errors)
    assert found.type == "urn:whyloss:problem:invalid-request"


def test_a_problem_does_not_repeat_what_was_sent(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "x", "top": "secret-token"})
    assert "secret-token" not in response.text


def test_an_unknown_symptom_is_named_with_the_way_to_look_ids_up(client: TestClient) -> None:
    body = {"question": "x", "evidence": [{"symptom": "loss-purple", "state": "present"}]}
    found = problem(client.post("/v1/ask", json=body), 422)
    assert "loss-purple" in found.detail
    assert "/v1/nodes?kind=symptom" in found.detail


@pytest.mark.parametrize(
    "path", ["/v1/nodes/no-such-node", "/v1/notes/none.md", "/v1/graph?node=no-such-node", "/v2", "/v1/notes/"]
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    assert problem(client.get(path), 404).detail


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    response = client.get("/v1/ask")
    assert "POST" in problem(response, 405).detail
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "query", ["/v1/nodes?kind=colour", "/v1/nodes?limit=0", "/v1/graph?format=xml", "/v1/graph?depth=-1"]
)
def test_a_bad_parameter_is_a_problem(client: TestClient, query: str) -> None:
    assert problem(client.get(query), 422).errors


def test_a_body_that_is_too_long_is_a_problem_and_is_not_read_to_its_end(service: Service) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 1000

    with TestClient(create_app(service, Settings(max_body=5000)), raise_server_exceptions=False) as client:
        assert "5000" in problem(client.post("/v1/ask", content=pieces(), headers=JSON), 413).detail
        assert client.post("/v1/ask", json={"question": "loss is NaN"}).status_code == 200


def test_nesting_without_end_is_a_problem(client: TestClient) -> None:
    body = b'{"question": "x", "context": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    response = client.post("/v1/ask", content=body, headers=JSON)
    problem(response, response.status_code)
    assert 400 <= response.status_code < 500


def test_an_unexpected_error_tells_nothing_but_that_it_happened(service: Service) -> None:
    app = create_app(service)

    @app.get("/boom")
    def boom() -> None:
        raise RuntimeError("the password is xyzzy")

    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/boom")
    problem(response, 500)
    assert "xyzzy" not in response.text
    assert "RuntimeError" not in response.text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("question", "lang", "top", "context", "series", "axis", "evidence", "other")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES) | JSON_VALUES, st.sampled_from(["/v1/ask", "/v1/parse"]))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_answered_or_refused(client: TestClient, body: object, path: str) -> None:
    response = client.post(path, content=json.dumps(body).encode(), headers=JSON)
    if response.status_code != 200:
        problem(response, 422)


# ---- the graph


def test_nodes_are_looked_up_by_name_and_kind(client: TestClient) -> None:
    found = client.get("/v1/nodes", params={"q": "梯度爆炸", "kind": "cause"}).json()
    assert found["nodes"][0]["id"] == "exploding-gradients"
    assert {node["kind"] for node in found["nodes"]} == {"cause"}


def test_a_list_of_nodes_is_cut_and_says_how_many_there_are(client: TestClient) -> None:
    found = client.get("/v1/nodes", params={"limit": 2}).json()
    assert len(found["nodes"]) == 2
    assert found["total"] > 2


def test_the_graph_is_given_as_json_and_as_graphml(client: TestClient) -> None:
    whole = client.get("/v1/graph").json()
    part = client.get("/v1/graph", params={"node": "exploding-gradients", "depth": 1}).json()
    assert 0 < len(part["nodes"]) < len(whole["nodes"])
    text = client.get("/v1/graph", params={"node": "exploding-gradients", "format": "graphml"})
    assert text.headers["content-type"].startswith("application/graphml+xml")
    assert text.text.startswith("<?xml")
    assert 'id="exploding-gradients"' in text.text


# ---- the notes


def test_every_note_that_is_listed_opens_with_its_text(client: TestClient, notes: Path) -> None:
    listed = client.get("/v1/notes").json()["notes"]
    assert {note["note"] for note in listed} == {path.name for path in notes.iterdir()}
    for note in listed:
        assert client.get(note["url"]).json()["text"] == (notes / note["note"]).read_text("utf-8")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json, text/plain", "application/json"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/*, application/json;q=0.5", "text/plain; charset=utf-8"),
        ("text/plain;q=0.1, */*;q=0.9", "application/json"),
        ("application/json;q=0, TEXT/PLAIN", "text/plain; charset=utf-8"),
        ("text/plain;q=much", "application/json"),
    ],
)
def test_a_note_comes_in_the_form_that_the_client_likes_better(client: TestClient, accept: str, kind: str) -> None:
    response = client.get("/v1/notes/gradients.md", headers={"Accept": accept})
    assert response.headers["content-type"] == kind
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    "path",
    [
        "../conftest.py",
        "..%2Fconftest.py",
        "%2e%2e/conftest.py",
        "%2e%2e%2fconftest.py",
        "..%252Fconftest.py",
        "..%5Cconftest.py",
        "./gradients.md%00",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "a/../../conftest.py",
        "GRADIENTS.md",
        "gradients.md/",
    ],
)
def test_no_path_leads_out_of_the_notes(client: TestClient, path: str) -> None:
    response = client.get(httpx2.URL("http://testserver/v1/notes/x").copy_with(raw_path=f"/v1/notes/{path}".encode()))
    assert response.status_code == 404
    assert "pytest" not in response.text
    assert "root:" not in response.text


# ---- the platform


def test_health_and_readiness(client: TestClient, service: Service) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["kb_version"] == service.kb_version
    assert ready["notes"] == 3
