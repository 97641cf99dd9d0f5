"""The definitions that ship, as plans."""

from functools import cache
from pathlib import Path

from screening.definition.model import Library, Plan
from screening.definition.plans import plan_for
from screening.definition.reading import read_library
from screening.resources import folder

PATHWAYS = ("esketamine_intranasal", "ketamine_im", "ketamine_iv", "ketamine_oral")


@cache
def files() -> dict[str, bytes]:
    root = folder("questionnaires")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in _below(root)}


def _below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".csv"))


@cache
def library() -> Library:
    return read_library(files())


@cache
def plan(pathway: str) -> Plan:
    return plan_for(library(), pathway)
