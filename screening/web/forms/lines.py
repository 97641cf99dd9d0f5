"""The fields of a single line: a name, an e-mail address."""

from __future__ import annotations

import re
from typing import ClassVar

from flask_babel import gettext as _

from screening.web.forms.fields import Boxes, TextField, UnreadableError

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")


class LineField(TextField):
    """A text of one line."""

    longest: ClassVar[int] = 120
    input_type: ClassVar[str] = "text"

    def wanted(self) -> str:
        """What to do where the line is empty."""
        return _("Fill this in")

    def read(self, boxes: Boxes) -> object:
        """The text with single spaces. Raises: UnreadableError where it is too long."""
        text = " ".join("".join(boxes.get("", ())[:1]).split())
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
