"""The fields of a single line: a name, an e-mail address, a phone number."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar

from flask_babel import gettext as _

from screening.web.forms.fields import Boxes, TextField, UnreadableError

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_PHONE = re.compile(r"[0-9+()./ -]*(?:[0-9][+()./ -]*){6}")
_JOINERS = "\u200c\u200d"
"""Unseen too, but some scripts spell with them."""


class LineField(TextField):
    """A text of one line."""

    longest: ClassVar[int] = 120
    input_type: ClassVar[str] = "text"

    def wanted(self) -> str:
        """What to do where the line is empty."""
        return _("Fill this in")

    def read(self, boxes: Boxes) -> object:
        """The text with single spaces and nothing unseen. Raises: UnreadableError where it is too long."""
        text = _seen(" ".join("".join(boxes.get("", ())[:1]).split()))
        if len(text) > self.longest:
            raise UnreadableError(_("Write at most %(longest)s letters", longest=self.longest))
        return text or None


class MailField(LineField):
    """An e-mail address."""

    input_type = "email"

    def read(self, boxes: Boxes) -> object:
        """The address. Raises: UnreadableError where it cannot be one."""
        address = super().read(boxes)
        if address is not None and not _MAIL.fullmatch(str(address)):
            raise UnreadableError(_("Write an address like name@example.com, or leave this empty"))
        return address


class PhoneField(LineField):
    """A phone number."""

    input_type = "tel"

    def read(self, boxes: Boxes) -> object:
        """The number. Raises: UnreadableError where nobody could call it."""
        number = super().read(boxes)
        if number is not None and not _PHONE.fullmatch(str(number)):
            raise UnreadableError(_("Write a phone number with its area code, or leave this empty"))
        return number


def _seen(text: str) -> str:
    """The text without marks that turn its direction, or that would let a name look empty."""
    kept = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) != "Cf")
    return kept if kept.strip(_JOINERS + " ") else ""
