"""Where the folders lie that ship with the package but stand beside it in a checkout."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


class ResourceMissingError(Exception):
    """A folder that ships with the package is neither in it nor beside it."""

    def __init__(self, name: str, sought: tuple[Path, ...]) -> None:
        self.name = name
        self.sought = sought
        places = " and ".join(str(place) for place in sought)
        super().__init__(f"The folder '{name}' is missing; looked for {places}. Please install screening again.")


def folder(name: Literal["questionnaires", "templates"]) -> Path:
    """The folder of that name: inside the package where a wheel is installed, beside it in a checkout.

    Raises:
        ResourceMissingError: when the installation is incomplete.
    """
    # pyproject.toml puts the folders under these names into the wheel.
    sought = (_PACKAGE / f"_{name}", _PACKAGE.parent / name)
    for place in sought:
        if place.is_dir():
            return place
    raise ResourceMissingError(name, sought)
