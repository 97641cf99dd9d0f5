"""The habits of the house that no linter knows."""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "screening"
CORE = ("definition", "assessment", "proof")

MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted(
    path
    for folder in ("tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
CORE_MODULES = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in CORE]

SHAPELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "shared", "util", "utils"}

# What would make a core function's result depend on more than its arguments.
OUTSIDE = {
    "date.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "input",
    "open",
    "print",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def code(page: Path) -> list[str]:
    """The code on a Markdown page, in blocks and in lines, so that prose about what answers make is no command."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```.*?^```|`[^`\n]+`|^(?: {4}|\t).+$", text, flags=re.MULTILINE | re.DOTALL)


def dotted(function: ast.expr) -> str:
    match function:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{dotted(value)}.{name}"
        case _:
            return ""


def words(path: Path) -> set[str]:
    """What a module and the packages around it are called."""
    return {*path.relative_to(ROOT).parent.parts, path.stem}


def test_a_module_is_named_after_its_subject() -> None:
    assert [named(path) for path in MODULES + SCRIPTS if words(path) & SHAPELESS] == []


def test_a_module_borrows_no_name_from_the_standard_library() -> None:
    borrowed = sys.stdlib_module_names - {"__main__"}

    assert [named(path) for path in MODULES if words(path) & borrowed] == []


def test_a_module_fits_in_a_sitting() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > 450} == {}, "which subject can stand on its own?"


def test_the_core_depends_on_nothing_but_its_arguments() -> None:
    calls = ((path, node) for path in CORE_MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    outside = [
        f"{named(path)}:{call.lineno}: {dotted(call.func)}()" for path, call in calls if dotted(call.func) in OUTSIDE
    ]

    assert outside == [], "time and text are handed to the core; it does not fetch them"


def test_the_core_changes_nothing_global() -> None:
    nodes = ((path, node) for path in CORE_MODULES for node in ast.walk(tree(path)))

    assert [f"{named(path)}:{node.lineno}" for path, node in nodes if isinstance(node, ast.Global)] == []


def test_every_room_of_the_core_is_there() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in CORE_MODULES} == set(CORE)


def test_what_the_readme_says_to_make_can_be_made() -> None:
    told = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(code(ROOT / "README.md"))))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert told, "the README says how to start"
    assert told <= targets
