"""The clinic's own colour, made legible: darkened or lightened until text in it can be read on every ground.

Source: contrast as in WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

from dataclasses import dataclass

ENOUGH = 4.5
STEPS = 50

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
PAPER: Colour = (251, 250, 246)
NIGHT: Colour = (18, 25, 28)
CARD_AT_NIGHT: Colour = (26, 35, 39)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One colour in one scheme: as text and on buttons, as a quiet ground, and as text on a button."""

    brand: Colour
    soft: Colour
    ink: Colour

    @property
    def contrast(self) -> float:
        """The least contrast of any two colours that meet."""
        grounds = (WHITE, PAPER) if self.ink == WHITE else (NIGHT, CARD_AT_NIGHT)
        return min(contrast(self.brand, ground) for ground in (*grounds, self.soft, self.ink))


def light(colour: Colour) -> Scheme:
    """The colour on paper, as much darker as it must be."""
    shades = (mixed(colour, BLACK, step / STEPS) for step in range(STEPS + 1))
    schemes = (Scheme(shade, mixed(WHITE, shade, 0.12), WHITE) for shade in shades)
    return next(scheme for scheme in schemes if scheme.contrast >= ENOUGH)


def dark(colour: Colour) -> Scheme:
    """The colour on a dark ground, as much lighter as it must be."""
    shades = (mixed(colour, WHITE, step / STEPS) for step in range(STEPS + 1))
    schemes = (Scheme(shade, mixed(NIGHT, shade, 0.16), mixed(NIGHT, shade, 0.05)) for shade in shades)
    return next(scheme for scheme in schemes if scheme.contrast >= ENOUGH)


def style(written: str) -> str:
    """The rules that put a colour such as `#1f5f66` in place of the look's own."""
    colour = read(written)
    by_day, at_night = _rules(light(colour)), _rules(dark(colour))
    return f":root{{{by_day}}}@media(prefers-color-scheme:dark){{:root{{{at_night}}}}}"


def read(written: str) -> Colour:
    """The colour that is written `#rrggbb`."""
    red, green, blue = (int(written[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """The first colour with that share of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """How far two colours stand apart, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    parts = (part / 255 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rules(scheme: Scheme) -> str:
    names = {"brand": scheme.brand, "brand-soft": scheme.soft, "action-ink": scheme.ink}
    return "".join(f"--{name}:#{red:02x}{green:02x}{blue:02x};" for name, (red, green, blue) in names.items())
