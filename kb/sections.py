"""What a line says by its place: an item under a role and a subject says what the role says of the subject.

## 过拟合                    subject
**解决办法：**               role
- Dropout：训练时随机…       overfitting remedied_by dropout
- 重新核对单位换算            overfitting remedied_by a new remedy with the item's own words, unreviewed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from kb import wording
from kb.claims import Claim, Kin
from kb.composition import AS_CAUSE, AS_REMEDY
from kb.model import Level, Node, NodeKind, Relation
from kb.scope import OBJECTS, SUBJECTS, Scoped, residue
from kb.sentences import Sentence
from kb.text import language, slug, squeeze
from kb.vocabulary import Vocabulary

MINT_LIMIT = {"en": 60, "zh": 24}
"""Code points up to which an item's words serve as the name of a new node."""
NAME_RESIDUE = 3
"""Words besides known terms that an item below a remedy may have and still be a remedy's name."""
_TOPIC_LEVELS = 2
"""Heading levels that title a note and its topics; only a deeper heading can be a member of a role's section."""
_SETS_ROLE = ("caution", "benefit", "check")


class _Object(NamedTuple):
    id: str
    kind: str
    denied: bool


class Sections:
    """Reads lines by their place; holds nothing but the vocabulary."""

    def __init__(self, vocabulary: Vocabulary, kin: Kin) -> None:
        self.vocabulary, self.kin = vocabulary, kin

    def read(self, scoped: Scoped) -> tuple[list[Claim], list[Node]]:
        """Return what a unit says by its place, and the nodes minted from its words."""
        minted: list[Node] = []
        return self._claims(scoped, minted), minted

    def nested(self, scoped: Scoped) -> list[Claim]:
        """Return what a name says by standing below another.

        A cause under a symptom's heading shows it; one that heads a list of remedies brings about what they are for.
        """
        if not scoped.names or scoped.head is None or scoped.role not in (None, "neutral"):
            return []
        causes = self.kin.resolve(scoped.names, ("cause",))
        if scoped.unit.kind == "item" and scoped.scope.role is None:
            return self._listed(scoped)
        if scoped.unit.kind == "heading" or (scoped.only_head and scoped.unit.kind == "prose"):
            symptoms = [topic for topic in scoped.scope.topic if self.kin.kind(topic) == "symptom"]
            fits = scoped.scope.role in (None, "cause", "symptom")
            return [Claim("has_symptom", cause, symptom) for cause in causes for symptom in symptoms if fits]
        is_origin = scoped.unit.kind == "item" and scoped.scope.role == "remedy" and len(scoped.words.rest) <= 1
        if not is_origin or self.kin.resolve(scoped.names, ("remedy",)):
            return []
        return [
            Claim("leads_to", cause, topic)
            for cause in causes
            for topic in scoped.scope.topic
            if self.kin.kind(topic) == "cause" and self.kin.level(cause) == "root" and topic != cause
        ]

    def _listed(self, scoped: Scoped) -> list[Claim]:
        """A bare name right below a subject, without a role word between: causes of a symptom, remedies of a cause."""
        scope, head = scoped.scope, scoped.head
        if head is None or scope.nearest != scope.topic or residue(head) > NAME_RESIDUE or wording.is_denied(head):
            return []
        hedge = wording.hedge(head)
        out: list[Claim] = []
        for topic in scope.topic:
            of_cause = self.kin.kind(topic) == "cause"
            shown = ("symptom",) if of_cause else ("cause",)
            pairs = [(topic, name) if of_cause else (name, topic) for name in self.kin.resolve(scoped.names, shown)]
            out += [Claim("has_symptom", cause, symptom, hedge) for cause, symptom in pairs]
            out += [Claim("remedied_by", topic, name, hedge) for name in self.kin.resolve(scoped.names, ("remedy",))]
        return out

    def _claims(self, scoped: Scoped, minted: list[Node]) -> list[Claim]:
        scope = scoped.scope
        if scoped.unit.kind == "row" or (scoped.unit.kind == "heading" and not _is_member_heading(scoped)):
            return []
        if (scoped.role in _SETS_ROLE and not scoped.only_head) or (scoped.role in OBJECTS and scoped.has_lead):
            subjects = self._subjects(scoped)
            return [
                c for part in scoped.words.rest for c in self._attach(scoped.role or "", subjects, part, minted, scoped)
            ]
        if (
            (scoped.role and scoped.role != "neutral" and not scoped.words.rest)
            or scope.role is None
            or not scope.topic
        ):
            return []
        sentences = self._sentences(scoped)
        if self._explains_member(scoped, sentences):
            return []
        return [claim for part in sentences for claim in self._attach(scope.role, scope.topic, part, minted, scoped)]

    @staticmethod
    def _sentences(scoped: Scoped) -> list[Sentence]:
        """What may fill the section's role: a lead alone, else the whole line sentence by sentence."""
        if scoped.head is not None and (scoped.has_lead or scoped.unit.kind != "item"):
            return [scoped.head]
        return list(scoped.words.rest) or [scoped.words.whole]

    def _subjects(self, scoped: Scoped) -> tuple[str, ...]:
        kinds = ("cause",) if scoped.role == "check" else SUBJECTS.get(scoped.role or "", ("cause", "symptom"))
        return self.kin.first((scoped.names, *scoped.scope.about, scoped.scope.topic), kinds)

    def _explains_member(self, scoped: Scoped, sentences: Sequence[Sentence]) -> bool:
        """Whether a line below a remedy's name goes on about it, rather than naming another: a sentence, not a name."""
        scope = scoped.scope
        member = (
            scope.role == "remedy" and scope.nearest != scope.topic and self.kin.resolve(scope.nearest, ("remedy",))
        )
        return bool(member) and not scoped.words.lead and any(residue(part) > NAME_RESIDUE for part in sentences)

    def _attach(
        self, role: str, topic: Sequence[str], sentence: Sentence, minted: list[Node], scoped: Scoped
    ) -> list[Claim]:
        if not topic or wording.is_pointer(sentence) or wording.is_question(sentence):
            return []
        hedge, denied = wording.hedge(sentence), wording.is_denied(sentence)
        if sentence is scoped.head and wording.is_dismissed(scoped.words.rest):
            denied = True
        if role in ("caution", "benefit"):
            claims = self._of_remedy(role, topic, sentence)
            return [claim._replace(hedge=hedge, denied=denied) for claim in claims]
        found = self._objects(role, topic, sentence, scoped) if role in OBJECTS else []
        if role in OBJECTS and not found and not self._names_other(role, sentence):
            found = [_Object(node.id, node.kind, denied=False) for node in self._mint(role, sentence, scoped)]
            minted += self._mint(role, sentence, scoped)
        made = [(self._placed(role, subject, item), item.denied) for subject in topic for item in found]
        return [Claim(*statement, hedge, denied or off) for statement, off in made if statement]

    def _objects(self, role: str, topic: Sequence[str], sentence: Sentence, scoped: Scoped) -> list[_Object]:
        """Nodes that fill the role, each with whether it is denied."""
        about = () if scoped.has_lead or scoped.scope.nearest == tuple(topic) else scoped.scope.nearest
        reasons = wording.reasons(sentence) if role in ("symptom", "effect") else set()
        out: dict[str, _Object] = {}
        for mention in sentence.mentions:
            id_ = self.kin.as_kind(mention.node, OBJECTS[role])
            if id_ is None or id_ in topic or id_ in about or mention in reasons:
                continue
            if role != "remedy" or not wording.fits_only(sentence, mention):
                out.setdefault(id_, _Object(id_, self.kin.kind(id_), sentence.denies(mention.start)))
        if not out and not about and role in ("cause", "factor", "remedy") and residue(sentence) <= NAME_RESIDUE:
            state = AS_REMEDY if role == "remedy" else AS_CAUSE
            implied = wording.implied(sentence, state, self.vocabulary.compositions)
            out.update({id_: _Object(id_, self.kin.kind(id_), denied=False) for id_ in implied if id_ not in topic})
        return list(out.values())

    def _names_other(self, role: str, sentence: Sentence) -> bool:
        """Whether the words are of another kind than the section promises: then the words are right."""
        return role != "check" and any(
            self.kin.kind(mention.node) in ("cause", "symptom") for mention in sentence.mentions
        )

    def _of_remedy(self, role: str, topic: Sequence[str], sentence: Sentence) -> list[Claim]:
        remedies = self.kin.resolve(topic, ("remedy",))
        if role == "caution":
            return [Claim("cautions", remedy, "") for remedy in remedies]
        named = [mention.node for mention in sentence.mentions if self.kin.kind(mention.node) in ("cause", "symptom")]
        causes = [node for node in named if self.kin.kind(node) == "cause"]
        return [Claim("remedied_by", target, remedy) for remedy in remedies for target in causes or named]

    def _placed(self, role: str, subject: str, item: _Object) -> tuple[Relation, str, str] | None:
        """What a section's role says of its subject and an item's node; None where the two kinds don't go together."""
        of_cause = self.kin.kind(subject) == "cause"
        if role == "remedy":
            return ("remedied_by", subject, item.id)
        if role == "check":
            return ("checked_by", subject, item.id) if of_cause else None
        if role in ("cause", "factor"):
            return _brought_about(subject, item, of_cause=of_cause)
        if not of_cause:
            return None
        if item.kind == "symptom":
            return ("has_symptom", subject, item.id)
        return ("leads_to", subject, item.id) if self.kin.level(item.id) == "mechanism" else None

    def _mint(self, role: str, sentence: Sentence, scoped: Scoped) -> list[Node]:
        """A node made from an item's own words, where they read as the name of a thing to do or to look for."""
        words = squeeze(sentence.text).strip(" ,，.。;；:：、")
        lang = language(words)
        is_plain_item = scoped.unit.kind == "item" and not scoped.has_children and not scoped.only_head
        if not is_plain_item or scoped.scope.nearest != scoped.scope.topic or role == "effect":
            return []
        if not words or len(words) > MINT_LIMIT[lang] or not wording.is_name(sentence, role):
            return []
        kind = cast("NodeKind", role)
        level: Level | None = "root" if role == "cause" else None
        return [Node(id=f"{kind}-{slug(words)}", kind=kind, labels={lang: words}, reviewed=False, level=level)]


def _brought_about(subject: str, item: _Object, *, of_cause: bool) -> tuple[Relation, str, str] | None:
    """What an item in a list of causes or factors says of the list's subject."""
    if item.kind == "factor":
        return ("predisposes", item.id, subject) if of_cause else None
    return ("leads_to", item.id, subject) if of_cause else ("has_symptom", item.id, subject)


def _is_member_heading(scoped: Scoped) -> bool:
    """Whether a heading stands right under a head that sets a role and no subject of its own."""
    scope = scoped.scope
    under_bare_role = scope.role in OBJECTS and bool(scope.topic) and scope.nearest == scope.topic
    return under_bare_role and scoped.unit.depth > _TOPIC_LEVELS and scoped.role is None and len(scoped.path) > 1
