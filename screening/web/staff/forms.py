"""What staff fill in about themselves."""

from __future__ import annotations

from wtforms import EmailField, Form, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

LONGEST = 200


class SignInForm(Form):
    """An account and its password."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=LONGEST)])


class PasswordForm(Form):
    """A change of one's own password."""

    current = PasswordField(
        "Your password now", [InputRequired("Enter the password that you use now."), Length(max=LONGEST)]
    )
    new = PasswordField("New password", [InputRequired("Enter a new password."), Length(max=LONGEST)])
    again = PasswordField(
        "New password again",
        [InputRequired("Enter the new password again."), EqualTo("new", "The two new passwords differ.")],
    )
