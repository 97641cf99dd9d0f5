"""What a browser sent as a definition's text, made into the text that is kept, or refused in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

LARGEST = 1_000_000
# A form sends most characters of a definition as three, and its own fields beside the text.
LARGEST_POST = 3 * LARGEST + 100_000

FILE = re.compile(
    r"(?:pathways/)?[a-z][a-z0-9_]{0,79}\.yaml"
    r"|locale/[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?/(?:pathways/)?[a-z][a-z0-9_]{0,79}\.yaml"
    r"|formulary\.csv"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Written:
    """The text as it may be shown again, and why it is not kept; empty where it is."""

    text: str
    refusal: str = ""


def is_file(name: str) -> bool:
    """Whether a definition file may have that name."""
    return FILE.fullmatch(name) is not None


def written(sent: str) -> Written:
    """The text of a form field with plain line ends and one at the end; a refused one keeps all that can be shown."""
    text = sent.replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    if found := _CONTROL.search(text):
        place = f"line {text.count(chr(10), 0, found.start()) + 1}"
        shown = _CONTROL.sub(_REPLACED, text)
        code = f"U+{ord(found.group()):04X}"
        return Written(
            shown,
            f"There is an invisible control character ({code}) on {place}, shown as {_REPLACED}. Remove it and save.",
        )
    if _REPLACED in text:
        place = f"line {text.count(chr(10), 0, text.index(_REPLACED)) + 1}"
        return Written(text, f"Something on {place} was not UTF-8 text, shown as {_REPLACED}. Write it again and save.")
    if len(text.encode()) > LARGEST:
        return Written(text, f"The text is larger than {LARGEST // 1_000_000} MB. Split it into several files.")
    return Written(text)
