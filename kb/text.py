"""Folding of text for comparison: case, width, script and joiners, one code point for one code point.

Because folding keeps every position, a span found in folded text is a span of the text as its writer left it.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

from zhconv_rs import zhconv

from kb.model import Lang

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_SEAM = re.compile(r"(?<=[\u3400-\u9fff]) (?=[a-z0-9])|(?<=[a-z0-9]) (?=[\u3400-\u9fff])")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_JOINERS = {ord(char): " " for char in "-_\u2010\u2011\u00a0\u3000\u2002\u2003\u2009\t"}
_QUOTES = {ord(curly): "'" for curly in "\u2018\u2019\u02bc"} | {ord(curly): '"' for curly in "\u201c\u201d"}
_TABLE = str.maketrans(_HALF | _JOINERS | _QUOTES)
_KEEP_JOINER = re.compile(r"-+>|=+>")
_LONGEST_ZH_SHARE = 0.15
"""Share of CJK among letters from which a line counts as Chinese: Chinese notes mix in many Latin terms."""


def fold(text: str) -> str:
    """Return the text lower-cased, half-width and in Simplified characters, with the same length.

    >>> fold("Ｌｏｓｓ 震盪-NaN")
    'loss 震荡 nan'
    """
    folded = _lower(text).translate(_TABLE)
    if not folded.isascii():
        simplified = zhconv(folded, "zh-hans")
        folded = simplified if len(simplified) == len(folded) else "".join(map(_simplify, folded))
    if ">" in folded:
        folded = _restore_arrows(text, folded)
    return folded


def _restore_arrows(text: str, folded: str) -> str:
    for found in _KEEP_JOINER.finditer(text):
        folded = folded[: found.start()] + found[0] + folded[found.end() :]
    return folded


def _lower(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower_char, text))


def _lower_char(char: str) -> str:
    lowered = char.lower()
    return lowered if len(lowered) == 1 else char


@cache
def _simplify(char: str) -> str:
    simplified = zhconv(char, "zh-hans")
    return simplified if len(simplified) == 1 else char


def language(text: str) -> Lang:
    """Return the language that most of the text is in; a line of mixed words counts as Chinese."""
    chinese = len(_CJK.findall(text))
    if not chinese:
        return "en"
    words = len(re.findall(r"[A-Za-z]+", text))
    return "zh" if chinese >= _LONGEST_ZH_SHARE * (chinese + words) else "en"


def spellings(phrase: str) -> tuple[str, ...]:
    """Return the folded phrase, with and without the spaces between Latin and Chinese parts.

    >>> spellings("loss 震荡")
    ('loss 震荡', 'loss震荡')
    """
    spaced = re.sub(
        r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])", " ", " ".join(fold(phrase).split())
    )
    tight = _SEAM.sub("", spaced)
    return (spaced,) if tight == spaced else (spaced, tight)


def squeeze(text: str) -> str:
    """Return the text with runs of white space as one space."""
    return " ".join(text.split())


def slug(text: str, *, limit: int = 40) -> str:
    """Return a kebab-case id for the words: the Latin ones, and a digest of all where others carry meaning.

    >>> slug("Use Mixup!")
    'use-mixup'
    """
    folded = squeeze(fold(text))
    words = re.findall(r"[a-z0-9]+", folded)
    while words and len("-".join(words)) > limit:
        words.pop()
    rest = re.sub(r"[a-z0-9\W_]", "", folded)
    if rest or not words:
        words.append(hashlib.sha256(folded.encode()).hexdigest()[:8])
    return "-".join(words)
