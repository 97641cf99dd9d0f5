"""Passwords: which are accepted, how they are kept, and a check that takes as long where there is no account."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from screening.records.errors import PasswordError

SHORTEST = 12
LONGEST = 200
FEWEST_DIFFERENT = 5
# Argon2id with the memory that OWASP recommends for one pass: all sign-ins of a clinic share the server's two cores.
HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)

# What the most used long passwords are made of. A password of nothing but these and digits is refused.
COMMON = """
    password passwort passw0rd p4ssword parola contrasena letmein welcome bienvenido administrator admin master root
    login access secret changeme default temporary temp test testing demo guest user iloveyou love sunshine princess
    princesa dragon monkey football baseball basketball soccer superman batman starwars pokemon trustno michael
    jessica jennifer ashley charlie daniel jordan hunter shadow summer winter spring autumn monday friday january
    december computer internet google facebook samsung qwerty qwertz azerty qwertyuiop asdf asdfgh asdfghjkl zxcvbn
    zxcvbnm qazwsx qazwsxedc abc abcd abcdef abcdefgh abcdefghijkl correct horse battery staple clinic klinik
    hospital doctor nurse patient health medical medicine screening ketamine esketamine spravato therapy treatment
    the is my your and a i 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 3edc4rfv q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1zaq1
"""


@cache
def _common() -> re.Pattern[str]:
    longest_first = sorted(COMMON.split(), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))}|[\W_\d])*+")


def check_new_password(password: str, *own_words: str) -> None:
    """Accept a password that someone chose. `own_words` are their name and address, which others know too.

    Raises: PasswordError that says what would be accepted.
    """
    if len(password) < SHORTEST:
        raise PasswordError(
            f"Use {SHORTEST} characters or more. Three or four words that only you would combine are good."
        )
    if len(password) > LONGEST:
        raise PasswordError(f"Use at most {LONGEST} characters.")
    if len(set(password)) < FEWEST_DIFFERENT or _common().fullmatch(password.casefold()):
        raise PasswordError(
            "This password is among the first that anyone would try. Choose words that are less common."
        )
    words = {part for word in own_words for part in re.split(r"\W+", word.casefold()) if len(part) > 3}
    if any(word in password.casefold() for word in words):
        raise PasswordError("Leave your own name and e-mail address out of the password: others know them.")


def password_hash(password: str) -> str:
    """What is stored of a password."""
    return HASHER.hash(_bytes(password))


def is_password(password: str, stored: str | None) -> bool:
    """Whether it is the password behind the stored hash; None (no account) takes as long to be refused."""
    try:
        return HASHER.verify(stored or _nobody(), _bytes(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")


def _bytes(password: str) -> bytes:
    # One form for what looks the same: keyboards differ in how they write an accent.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
