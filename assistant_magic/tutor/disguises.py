"""Numbers in disguise: what a reader takes for a number although no digits of it stand there.

Each function looks for one dress and yields values; `reveal` compares them with what must not be said. Finding too much
costs a hint, finding too little gives an answer away, so doubtful cases are yielded.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from assistant_magic.tutor.catalogue import catalogue

_HIDDEN = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\ufeff\u00ad\ufe0f\u20e3\u0336\u0332")
)
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_COMMENT = re.compile(r"<!--.*?-->|</?\w+[^<>]*>", re.DOTALL)
_CODE_POINT = re.compile(
    r"chr\(\s*(\d{2,6})\s*\)|\\u\{?00([0-9a-fA-F]{2})\}?|\\x([0-9a-fA-F]{2})|U\+00([0-9a-fA-F]{2})"
)
_SPELLED = re.compile(r"\b(?:[A-Za-z](?:[\s.\-_*,·|/]+)){2,}[A-Za-z]\b")
_DIGIT_BY_DIGIT = re.compile(r"(?<![\d.])\d(?:[\s\-_.,;:*|/`~()]+\d)+(?![\d])")
_MIXED = re.compile(r"(\d+)\s*(?:\\[,;: ]|and\b|&)?\s*\\[dtc]?frac\s*\{?\s*(\d+)\s*\}?\s*\{?\s*(\d+)\s*\}?")
_PLAIN_MIXED = re.compile(r"(?<![\d/.])(\d+)(?:\s+and)?\s+(\d+)\s*/\s*(\d+)")
_FRACTIONS = re.compile(
    r"\\[dtc]?frac\s*\{?\s*(-?\d+?)\s*\}?\s*\{?\s*(\d+)\s*\}?|\{\s*(\d+)\s*\\over\s*(\d+)\s*\}"
)
_OF = re.compile(r"(\d+(?:\.\d+)?)\s*(?:over|out of|divided by|÷|:|\\div|parts? (?:of|in))\s*(\d+(?:\.\d+)?)")
_POWER_OF_TEN = re.compile(
    r"(\d+(?:\.\d+)?)[eE]([-+]?\d+)|(\d+(?:\.\d+)?)\s*(?:×|x|\*|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*\{?([-+]?\d+)\}?"
)
_BASED = re.compile(r"\b0([bxo])([0-9a-fA-F]+)\b")
_ROMAN = re.compile(r"(?<![\w\\])[IVXLCDM]{2,}(?!\w)|(?:\bis|=|:)\s*([IVXLCDM])(?!\w)")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_MARKS = re.compile(r"([•●○■□▪★☆✓✔✗🍎🟦🟥⭐])(?:[ \t]*\1){1,39}|(?<!\S)([oxOX|#*])(?:[ \t]+\2){1,39}(?!\S)")
_STEPS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s+)?(?:more|greater|bigger|larger|after|above|past|up from)(?:\s+than)?\s+(?:the\s+)?(?:number\s+)?(\d+(?:\.\d+)?)"
)
_STEPS_DOWN = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s+)?(?:less|smaller|fewer|before|below|under|down from|short of)(?:\s+than)?\s+(?:the\s+)?(?:number\s+)?(\d+(?:\.\d+)?)"
)
_BETWEEN = re.compile(r"between\s+(-?\d+(?:\.\d+)?)\s+and\s+(-?\d+(?:\.\d+)?)")
_TIMES = re.compile(
    r"(half|twice|double|triple|thrice|a third|a quarter)(?:\s+(?:of|the|as much as))*\s+(\d+(?:\.\d+)?)"
)
_BOTH = re.compile(
    r"(sum|product|difference|quotient)\s+(?:of|between)\s+(\d+(?:\.\d+)?)\s+(?:and|with|by)\s+(\d+(?:\.\d+)?)"
)
_FACTORS = {
    "half": 0.5,
    "twice": 2,
    "double": 2,
    "triple": 3,
    "thrice": 3,
    "a third": 1 / 3,
    "a quarter": 0.25,
}


def undisguised(text: str) -> str:
    """The text as a page shows it: entities decoded, hidden characters gone, every digit an ASCII digit."""
    shown = _COMMENT.sub("", html.unescape(text)).translate(_HIDDEN)
    shown = re.sub(r"(?<=\d)(?=[¼½¾⅐-⅞])", " ", shown)  # 4¼ is not 41/4
    raised = _RAISED.sub(lambda m: "^" + unicodedata.normalize("NFKC", m.group()), shown)
    plain = unicodedata.normalize("NFKC", raised).replace("🔟", "10").replace("⁄", "/")
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    return _CODE_POINT.sub(_character, plain)


def _character(match: re.Match[str]) -> str:
    decimal, *sixteen = match.groups()
    code = int(decimal) if decimal else int(next(group for group in sixteen if group), 16)
    return chr(code) if 32 < code < 0x3000 else match.group()


def disguised_numbers(plain: str) -> Iterator[float]:
    """Every value that the text dresses up; `plain` is what `undisguised` gives."""
    spoken, words = _with_digits(plain), catalogue().numbers
    said = (words.get(word, 1) for word in re.findall(r"[a-z]+", plain.lower()))
    yield from (float(value) for value in said if value != 1)  # `one` alone is said of anything
    yield from (float(text) for text in re.findall(r"(?<![\d.])\d+\.\d+", spoken))
    for find in (_digit_by_digit, _spelled, _fractions, _powers, _based, _roman, _marks, _relative):
        for text in {plain, spoken}:
            yield from find(text)


def _with_digits(plain: str) -> str:
    """Number words as digits: `one more than six`, `four point five`."""
    numbers = catalogue().numbers
    out = re.sub(r"[A-Za-z]+", lambda m: str(numbers.get(m.group().lower(), m.group())), plain)
    return re.sub(
        r"(\d+)\s+point((?:\s+\d+)+)",
        lambda m: m[1] + "." + re.sub(r"\s", "", m[2]),
        out,
        flags=re.IGNORECASE,
    )


def _digit_by_digit(text: str) -> Iterator[float]:
    for match in _DIGIT_BY_DIGIT.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if len(digits) <= 12:
            yield float(digits)


def _spelled(text: str) -> Iterator[float]:
    """`f-o-u-r`, and number words backwards: `ruof`."""
    numbers = catalogue().numbers
    words = [re.sub(r"[^A-Za-z]", "", m.group()).lower() for m in _SPELLED.finditer(text)]
    words += [
        w[::-1] for w in re.findall(r"[a-z]{3,}", text.lower()) if w[::-1] in numbers and w not in numbers
    ]
    yield from (float(numbers[w]) for w in words if w in numbers)


def _fractions(text: str) -> Iterator[float]:
    for pattern in (_MIXED, _PLAIN_MIXED):
        for whole, over, under in pattern.findall(text):
            if int(under):
                yield int(whole) + int(over) / int(under)
    for a, b, c, d in _FRACTIONS.findall(text):
        over, under = (a, b) if b else (c, d)
        if int(under):
            yield abs(int(over)) / int(under)
    for over, under in _OF.findall(text):
        if float(under):
            yield float(over) / float(under)


def _powers(text: str) -> Iterator[float]:
    for a, b, c, d in _POWER_OF_TEN.findall(text):
        exponent = int(b or d)
        if abs(exponent) < 60:
            yield float(a or c) * 10.0**exponent


def _based(text: str) -> Iterator[float]:
    for letter, digits in _BASED.findall(text):
        try:
            yield float(int(digits, {"b": 2, "o": 8, "x": 16}[letter]))
        except ValueError:
            continue


def _roman(text: str) -> Iterator[float]:
    for match in _ROMAN.finditer(text):
        values = [_ROMAN_DIGITS[c] for c in (match[1] or match.group())]
        yield float(sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values)))


def _marks(text: str) -> Iterator[float]:
    """`● ● ● ●`: as many marks as the number."""
    for match in _MARKS.finditer(text):
        yield float(match.group().count(match[1] or match[2]))


def _relative(text: str) -> Iterator[float]:
    """`one more than 6`, `the number before 5`, `between 3 and 5`, `half of 8`."""
    lowered = text.lower()
    for pattern, sign in ((_STEPS, 1), (_STEPS_DOWN, -1)):
        for amount, base in pattern.findall(lowered):
            yield abs(float(base) + sign * float(amount or 1))
    for low, high in _BETWEEN.findall(lowered):
        if abs(float(high) - float(low)) <= 2:
            yield abs(float(low) + float(high)) / 2
    for kind, one, other in _BOTH.findall(lowered):
        a, b = float(one), float(other)
        yield {"sum": a + b, "product": a * b, "difference": abs(a - b)}.get(kind, a / b if b else a)
    for factor, base in _TIMES.findall(lowered):
        yield _FACTORS[factor] * float(base)
