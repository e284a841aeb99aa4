"""Words get their meaning: operators, numbers, names, concepts, roles; what is unknown stays a `WORD`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.catalogue import Catalogue, Meaning
from assistant_magic.tutor.read.names import COMPOSED, are_spelt, based_tokens, is_current, letters_of
from assistant_magic.tutor.read.spelling import corrected
from assistant_magic.tutor.read.tokens import Token

_SIGNS = frozenset({"+", "-", "*", "/", "^", "=", "<", ">", "<=", ">=", "±"})
_SHORT_KINDS = frozenset({"ROLE", "FILLER", "REF", "UNIT"})
_FUNCTION_PREFIXES = ("sin", "cos", "tan", "ln", "log", "exp", "sqrt")


class Words:
    """Reads the words among the tokens of one text."""

    def __init__(self, tokens: Sequence[Token], words: Catalogue) -> None:
        self._tokens = based_tokens(tokens)
        self._catalogue = words
        self._known = frozenset(words.words)
        self._out: list[Token] = []

    def read(self) -> list[Token]:
        """The same text with every word's meaning."""
        position = 0
        while position < len(self._tokens):
            token = self._tokens[position]
            if token.kind != "WORD":
                self._out.append(token)
                position += 1
            else:
                position += self._word(position)
        return self._out

    def _word(self, at: int) -> int:
        """Read the word at `at` and those that form a phrase with it; how many tokens that took."""
        token = self._tokens[at]
        if token.value.isupper() and len(token.value) > 2 and are_spelt(self._tokens):
            self._out.append(token)  # the letters of MATHS
            return 1
        if self._is_name(at):
            self._out += letters_of(token)
            return 1
        places = self._run(at)
        typed = [self._tokens[p].value.lower() for p in places]
        found = self._phrase(typed)
        if len(typed[0]) == 1 and (found is None or found[0] == 1):
            if self._is_unit_letter(at, typed[0]) or self._between_units(typed[0]):
                self._out.append(Token("UNIT", self._unit(typed[0]), token.text, token.spaced))
                return 1
            if self._is_letter_name(at, typed[0]):
                self._out += letters_of(token)
                return 1
        if found is None:
            return self._unknown(at)
        count, (meaning, *others) = found
        text = " ".join(self._tokens[p].text for p in places[:count])
        also = tuple(m.kind for m in others)
        self._out.append(Token(meaning.kind, meaning.value, text, token.spaced, also))
        return places[count - 1] - at + 1

    def _is_unit_letter(self, at: int, letter: str) -> bool:
        """`m` in `3.5 km to m` and `2 m²`: other units are about, and a number or 'to' stands before it."""
        meanings = self._catalogue.longest([letter])
        unit = next((m.value for m in meanings[1] if m.kind == "UNIT"), "") if meanings else ""
        if not unit or not self._speaks_of_units(at):
            return False
        before, after = self._beside(at)
        last = self._out[-1] if self._out else None
        behind = (
            before is not None
            and before.kind in {"NUM", "VULGAR"}
            and (after is None or after.kind not in {"+", "-", "="})
        )
        return behind or (last is not None and last.kind == "ROLE" and last.value in {"to", "in", "into"})

    def _between_units(self, letter: str) -> bool:
        """The `f` of `25 c in f`: a unit stands before the 'in'."""
        last = self._out[-2:]
        to = (
            len(last) == 2
            and last[0].kind == "UNIT"
            and last[1].kind == "ROLE"
            and last[1].value in {"to", "in", "into"}
        )
        meanings = self._catalogue.longest([letter])
        return to and meanings is not None and any(m.kind == "UNIT" for m in meanings[1])

    def _unit(self, letter: str) -> str:
        found = self._catalogue.longest([letter])
        return next(m.value for m in found[1] if m.kind == "UNIT") if found else letter

    def _speaks_of_units(self, at: int) -> bool:
        for i, token in enumerate(self._tokens):
            found = (
                self._catalogue.longest([token.value.lower()]) if token.kind == "WORD" and i != at else None
            )
            if found and len(token.value) > 1 and any(m.kind in {"UNIT", "CONVERT"} for m in found[1]):
                return True
        return False

    def _phrase(self, typed: list[str]) -> tuple[int, tuple[Meaning, ...]] | None:
        typed = [self._mended(word) for word in typed]
        found = self._catalogue.longest(typed)
        number = self._number(typed)
        if number and (found is None or number[0] >= found[0]):
            also = tuple(m for m in found[1] if m.kind.isupper()) if found and found[0] == number[0] else ()
            return number[0], (number[1], *also)
        return found

    def _mended(self, word: str) -> str:
        if word in self._known:
            return word
        for ending, instead in (("s", ""), ("es", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", "")):
            stem = word[: -len(ending)] + instead
            if word.endswith(ending) and len(stem) > 3 and stem in self._known:
                return stem
        return corrected(word, self._known, self._catalogue.telling) or word

    def _number(self, typed: list[str]) -> tuple[int, Meaning] | None:
        """'two hundred and five', 'seventy two', 'three quarters', 'fourth'."""
        total, current, used = 0, 0, 0
        values = self._catalogue.numbers
        for i, word in enumerate(typed):
            if word == "and" and used and current >= 100 and i + 1 < len(typed) and typed[i + 1] in values:
                continue
            if (
                word not in values
                or (used and values[word] < 10 and current % 10)
                or (used and current in range(10, 20) and values[word] < 100)
            ):
                break
            value = values[word]
            if value == 12 and word == "dozen":
                current = max(current, 1) * 12
            elif value >= 1000:
                total, current = total + max(current, 1) * value, 0
            else:
                current = max(current, 1) * 100 if value == 100 else current + value
            used = i + 1
        rest = typed[used] if used < len(typed) else ""
        if used and rest in self._catalogue.parts:
            return used + 1, Meaning("VULGAR", f"{total + current}/{self._catalogue.parts[rest]}")
        if used:
            return used, Meaning("NUM", str(total + current))
        if typed[0] in self._catalogue.ordinals:
            return 1, Meaning("ORDINAL", str(self._catalogue.ordinals[typed[0]]))
        return None

    def _unknown(self, at: int) -> int:
        token = self._tokens[at]
        word = token.value.lower()
        prefix = next((p for p in _FUNCTION_PREFIXES if word.startswith(p) and len(word) == len(p) + 1), "")
        if prefix:
            found = self._catalogue.longest([prefix])
            assert found
            self._out.append(Token(found[1][0].kind, found[1][0].value, prefix, token.spaced))
            self._out += letters_of(replace(token, value=token.value[len(prefix) :], spaced=False))
        else:
            self._out.append(token)
        return 1

    def _run(self, at: int) -> list[int]:
        """Places of the words that follow each other from `at`; a hyphen between two words does not part them."""
        places = [at]
        while (p := places[-1] + 1) < len(self._tokens):
            if self._tokens[p].kind == "WORD":
                places.append(p)
            elif self._is_hyphen(p):
                places.append(p + 1)
            else:
                break
        return places

    def _is_hyphen(self, p: int) -> bool:
        before, here = self._tokens[p - 1], self._tokens[p]
        after = self._tokens[p + 1] if p + 1 < len(self._tokens) else None
        close = here.kind == "-" and not here.spaced and after is not None and not after.spaced
        return (
            close
            and after is not None
            and after.kind == "WORD"
            and max(len(before.value), len(after.value)) > 2
        )

    def _beside(self, at: int) -> tuple[Token | None, Token | None]:
        before = self._tokens[at - 1] if at else None
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        return before, after

    def _is_name(self, at: int) -> bool:
        """Letters that can only be variables: `ut` in `s = ut + ½at²`."""
        token = self._tokens[at]
        word = token.value
        if word.lower() in {"st", "nd", "rd", "th", "or", "and", "to", "of", "is"}:
            return False
        if word in COMPOSED and self._beside(at)[1] is not None and self._tokens[at + 1].kind == "(":
            return True
        if any(ord(c) > 127 for c in word):
            return len(word) <= 4
        if len(word) == 1 or len(word) > 4 or word.lower().startswith(("sin", "cos", "tan", "log", "ln")):
            return False
        before, after = self._beside(at)
        if (
            len(word) == 2
            and word[0] == "d"
            and any(
                t.kind in {"INT", "∫"} or t.value.lower().startswith(("integra", "int", "antid"))
                for t in self._tokens[:at]
            )
        ):
            return True
        found = self._catalogue.longest([word.lower()])
        tied = bool(before and before.kind in _SIGNS) or bool(
            before and before.kind in {"NUM", "VULGAR"} and not token.spaced
        )
        if found is None and len(word) == 2 and set(word) <= set("xyz"):
            return True  # "what is xy"
        if found is None:
            return tied or bool(after and after.kind in {*_SIGNS, "!"} and not self._is_hyphen(at + 1))
        kinds = {m.kind for m in found[1]}
        if "UNIT" in kinds and before and before.kind in {"NUM", "VULGAR"}:
            return False
        if kinds - _SHORT_KINDS or len(word) > 3:
            return False
        powered = bool(after and after.kind == "^" and not after.spaced) and "UNIT" not in kinds
        return (tied and word.islower() and "REF" not in kinds) or powered

    def _is_letter_name(self, at: int, letter: str) -> bool:
        before, after = self._beside(at)
        near = bool(
            before
            and (before.kind in _SIGNS or (before.kind in {"NUM", "VULGAR"} and not self._tokens[at].spaced))
        )
        near |= bool(after and (after.kind in _SIGNS or after.kind in {"^", "_"}))
        near |= bool(before and before.kind == "{")
        near |= bool(after and after.kind == "(" and not after.spaced and letter in "fgh")
        near |= self._is_near_words(at, letter)
        near |= bool(
            before
            and before.kind in {"(", ","}
            and after
            and after.kind in {")", ",", "WORD"}
            and letter != "i"
        )
        if self._tokens[at].value == "A" and before is not None and before.kind not in {".", "?", "!"}:
            return True
        if letter == "a" and after is not None and after.value.lower() == "the":
            return True
        if self._tokens[at].value == "I" and is_current(self._tokens, at):
            return True
        if letter == "s" and before is not None and before.kind in {"NUM", "VULGAR"}:
            return True  # "3 m + 4 s": no "is"
        if letter in "aius" or letter == "q":
            if (letter == "a" and before and before.kind == ",") or (
                after and after.kind == "," and letter == "a"
            ):
                return True
            return near or (letter in "us" and self._somewhere_in_mathematics(letter))
        if before is not None and before.kind in {"NUM", "VULGAR"} and self._tokens[at].spaced:
            found = self._catalogue.longest([letter])
            return found is None or found[1][0].kind != "UNIT" or near
        return True

    def _is_near_words(self, at: int, letter: str) -> bool:
        """Words beside a letter make it a name: `a squared`, `i times i`, `a is 5`, `a1 = 5`."""
        before, after = self._beside(at)
        near = at > 1 and self._tokens[at - 2].kind == "^"  # the h of r^2 h is no hour
        operators = {"plus", "minus", "times"}
        near |= bool(before and before.value.lower() in operators and after is None and letter == "i")
        following = self._tokens[at + 2] if at + 2 < len(self._tokens) else None
        given = following is not None and following.kind == "NUM"
        value = given or (following is not None and len(following.value) == 1 and following.kind == "WORD")
        near |= bool(after and after.value.lower() in operators and value and letter in "ai")
        noun = following is not None and following.value.lower() in {"number", "numbers", "sign"}
        near |= bool(after and after.value.lower() in {"squared", "cubed"} and not noun and letter in "ai")
        near |= bool(after and after.value.lower() == "is" and given and letter in "ai")
        numbered = following is not None and following.kind == "=" and after is not None
        near |= bool(numbered and after and after.kind == "NUM" and not after.spaced)
        return near

    def _somewhere_in_mathematics(self, letter: str) -> bool:
        return any(
            t.kind == "WORD"
            and t.value.lower() == letter
            and i + 1 < len(self._tokens)
            and self._tokens[i + 1].kind in _SIGNS
            for i, t in enumerate(self._tokens)
        )
