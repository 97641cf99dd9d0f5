"""Files become a library that is valid, or every mistake in them is told; and nothing else ever happens."""

import datetime as dt
import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.assessment.answers import read_answers
from screening.assessment.program import program_for
from screening.definition.mistakes import DefinitionError
from screening.definition.plans import plan_for, plan_for_questionnaire
from screening.definition.reading import check_library, content_hash, read_library
from tests.assessment import shipped

HEART = """\
questionnaire: heart
title: Heart
audience: patient
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions:
      - {id: stroke, type: yes_no, text: A stroke?}
flags:
  - {id: stroke_any, tier: relative, when: stroke, title: T, why: W, action: A, sources: [book]}
"""
ABOUT = """\
questionnaire: about_you
title: About you
audience: patient
pages:
  - id: you
    title: You
    questions: [{id: date_of_birth, type: date, text: When were you born?}]
"""
WAY = """\
pathway: way
title: Way
treatment: {product: ketamine, route: iv}
steps: [{questionnaire: heart}]
"""
FLAG = "  - {id: ID, tier: info, when: WHEN, title: T, why: W, action: A, sources: [book]}\n"


def told(**files: str | bytes) -> list[str]:
    """What is said of files, `way` below pathways/ and all of them YAML but the formulary."""
    names = {"way": "pathways/way.yaml", "other_way": "pathways/other_way.yaml", "formulary": "formulary.csv"}
    read = {
        names.get(name, f"{name}.yaml"): text.encode() if isinstance(text, str) else text
        for name, text in files.items()
    }
    return [str(mistake) for mistake in check_library(read).mistakes]


def flag(name: str, when: str) -> str:
    return FLAG.replace("ID", name).replace("WHEN", when)


# One file

TEXTS = {
    "no bytes": (b"", "heart.yaml:1:1: error: The file is empty."),
    "a comment": (b"# nothing\n", "heart.yaml:1:1: error: The file is empty."),
    "UTF-16": (
        HEART.encode("utf-16"),
        "heart.yaml:1:1: error: The file is not UTF-8 text from here on. Save it as UTF-8.",
    ),
    "10 MB": (b"#" * 10_000_000, "heart.yaml:1:1: error: The file is larger than 1000 kB. Split it."),
    "10 MB of nesting": (b"[" * 10_000_000, "heart.yaml:1:1: error: The file is larger than 1000 kB. Split it."),
    "nesting as far as the size goes": (b"[" * 999_999, "heart.yaml:1:41: error: This is nested more than 40 deep."),
    "an expression of 100,000 characters": (
        HEART.replace("when: stroke", "when: stroke" + " or stroke" * 10_000).encode(),
        "heart.yaml:11:44: error: The expression is longer than 4,000 characters. Split it over several flags.",
    ),
}


@pytest.mark.parametrize(("content", "said"), TEXTS.values(), ids=TEXTS.keys())
def test_what_cannot_be_read_is_told_at_once(content: bytes, said: str) -> None:
    assert told(heart=content) == [said]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEART.encode(), id="as it is"),
        pytest.param(b"\xef\xbb\xbf" + HEART.encode(), id="with a byte order mark"),
        pytest.param(HEART.replace("\n", "\r\n").encode(), id="with line ends of Windows"),
        pytest.param(b"%YAML 1.2\n---\n" + HEART.encode() + b"...\n", id="with marks of a document"),
    ],
)
def test_the_same_text_may_be_saved_in_several_ways(content: bytes) -> None:
    assert told(heart=content) == []


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param("when: strike", "11:44", id="plain"),
        pytest.param('when: "strike"', "11:45", id="in quotes"),
        pytest.param("when: 'stroke or strike'", "11:55", id="in single quotes"),
        pytest.param("when: stroke or\n      strike", "12:7", id="on the next line"),
        pytest.param("when: 'stroke\n\n      or strike'", "13:10", id="after an empty line in quotes"),
    ],
)
def test_a_mistake_in_an_expression_is_told_where_it_stands(written: str, place: str) -> None:
    text = HEART.replace("when: stroke", written)

    assert told(heart=text) == [f"heart.yaml:{place}: error: There is no question strike. Did you mean stroke?"]


def test_places_count_characters_whatever_the_script() -> None:
    text = HEART.replace("title: T, why", "why").replace("when: stroke", "title: Ünïcødé 😀, when: strike")

    assert told(heart=text) == ["heart.yaml:11:62: error: There is no question strike. Did you mean stroke?"]


@pytest.mark.parametrize("mark", [">-", "|", ">"])
def test_a_mistake_in_a_folded_expression_is_told_on_its_line(mark: str) -> None:
    text = HEART.split("flags:", maxsplit=1)[0] + (
        f"flags:\n  - id: any\n    tier: info\n    when: {mark}\n      stroke\n      or strike\n"
        "    title: T\n    why: W\n    action: A\n    sources: [book]\n"
    )

    assert told(heart=text) == ["heart.yaml:15:10: error: There is no question strike. Did you mean stroke?"]


def test_a_thousand_flags_are_read() -> None:
    text = HEART + "".join(flag(f"flag_{index}", "stroke") for index in range(1000))

    assert len(read_library({"heart.yaml": text.encode()}).questionnaires["heart"].flags) == 1001


def test_a_thousand_mistakes_are_all_told() -> None:
    text = HEART + "".join(flag(f"flag_{index}", "strike") for index in range(1000))

    assert len(told(heart=text)) == 1000


def test_of_a_file_that_breaks_off_not_every_key_twice_is_told() -> None:
    assert len(told(heart="title: T\n" * 100 + "---\n")) == 21


def test_as_many_circles_are_told_as_can_be_mended_at_a_time() -> None:
    names = [f"q{index}" for index in range(30)]
    pairs = zip(names[::2], names[1::2], strict=True)
    lines = [
        f"      - {{id: {one}, type: yes_no, text: Q?, when: {other}}}\n"
        for pair in pairs
        for one, other in (pair, pair[::-1])
    ]
    text = HEART.replace("flags:\n", "".join(lines) + "flags:\n")

    assert len(told(heart=text)) == 15


# Several files

SEVERAL = {
    "two questionnaires of one name": (
        {"heart": HEART, "other": HEART.replace("stroke_any", "other_flag")},
        ["other.yaml:1:1: error: The questionnaire heart is defined in heart.yaml already."],
    ),
    "two pathways of one name": (
        {"heart": HEART, "way": WAY, "other_way": WAY},
        ["pathways/way.yaml:1:1: error: The pathway way is defined in pathways/other_way.yaml already."],
    ),
    "a flag of two questionnaires": (
        {"heart": HEART, "other": HEART.replace("questionnaire: heart", "questionnaire: other")},
        ["other.yaml:11:6: error: The flag stroke_any is defined at heart.yaml:11:6 already."],
    ),
    "a flag of a questionnaire and a pathway": (
        {"heart": HEART, "way": WAY + "flags:\n" + flag("stroke_any", "heart.stroke")},
        ["pathways/way.yaml:6:6: error: The flag stroke_any is defined at heart.yaml:11:6 already."],
    ),
    "a flag of two pathways is one of each": (
        {
            "heart": HEART,
            "way": WAY + "flags:\n" + flag("both", "heart.stroke"),
            "other_way": WAY.replace("pathway: way", "pathway: other_way") + "flags:\n" + flag("both", "heart.stroke"),
        },
        [],
    ),
    "a source that is another one elsewhere": (
        {"heart": HEART, "sources": "sources: {book: {cites: Another book}}\n"},
        ["heart.yaml:4:11: error: The source book is another one in sources.yaml. Give this one a name of its own."],
    ),
    "a source that is the same elsewhere": ({"heart": HEART, "sources": "sources: {book: {cites: A book}}\n"}, []),
    "a source that is cited from elsewhere": (
        {
            "heart": HEART,
            "other": HEART.replace("heart", "other")
            .replace("stroke_any", "more")
            .replace("sources: {", "changes: []\n#"),
        },
        [],
    ),
    "uses in a circle": (
        {
            "heart": HEART.replace("pages:", "uses: [other]\npages:"),
            "other": HEART.replace("heart", "other")
            .replace("stroke_any", "more")
            .replace("pages:", "uses: [heart]\npages:"),
        },
        ["heart.yaml:1:1: error: These use one another in a circle: heart -> other -> heart."],
    ),
    "a step that comes before what it uses": (
        {
            "heart": HEART,
            "other": HEART.replace("heart", "other")
            .replace("stroke_any", "more")
            .replace("pages:", "uses: [heart]\npages:"),
            "way": WAY.replace("{questionnaire: heart}", "{questionnaire: other}, {questionnaire: heart}"),
        },
        ["pathways/way.yaml:4:10: error: other uses heart, which must come before it."],
    ),
    "a step that stands twice": (
        {"heart": HEART, "way": WAY.replace("[{", "[{questionnaire: heart}, {")},
        ["pathways/way.yaml:4:34: error: heart stands twice among the steps."],
    ),
    "a step that is not there": (
        {"heart": HEART, "way": WAY.replace("[{", "[{questionnaire: hart}, {")},
        ["pathways/way.yaml:4:10: error: There is no questionnaire hart. Did you mean heart?"],
    ),
    "a step that reads the age before it is asked": (
        {
            "about_you": ABOUT,
            "heart": HEART.replace("when: stroke", "when: patient.age > 60"),
            "way": WAY.replace("heart}", "heart}, {questionnaire: about_you}"),
        },
        ["pathways/way.yaml:1:1: error: heart reads the patient's age or sex, so about_you must come before it."],
    ),
    "a check that reads the age which nobody asks": (
        {
            "about_you": ABOUT,
            "heart": HEART.replace("A stroke?", "A stroke?, check: {that: patient.age > 60, else: No.}"),
            "way": WAY,
        },
        ["pathways/way.yaml:1:1: error: heart reads the patient's age or sex, so about_you must come before it."],
    ),
    "a pathway's flag that reads the age which nobody asks": (
        {"about_you": ABOUT, "heart": HEART, "way": WAY + "flags:\n" + flag("old", "patient.age > 60")},
        ["pathways/way.yaml:6:6: error: old reads the patient's age or sex, so about_you must be among the steps."],
    ),
    "a pathway that asks for the age first": (
        {
            "about_you": ABOUT,
            "heart": HEART.replace("when: stroke", "when: patient.age > 60"),
            "way": WAY.replace("[{", "[{questionnaire: about_you}, {") + "flags:\n" + flag("old", "patient.age > 60"),
        },
        [],
    ),
    "a pathway's condition with a bare name": (
        {"heart": HEART, "way": WAY + "flags:\n" + flag("more", "stroke")},
        ["pathways/way.yaml:6:34: error: There is no question stroke here. Did you mean heart.stroke?"],
    ),
    "two mistakes in two files": (
        {"heart": HEART.replace("when: stroke", "when: strike"), "way": WAY.replace("title", "titel")},
        [
            "heart.yaml:11:44: error: There is no question strike. Did you mean stroke?",
            "pathways/way.yaml:1:1: error: The key title is missing here.",
            "pathways/way.yaml:2:1: error: There is no key titel here. Did you mean title?",
        ],
    ),
    "a formulary that is not UTF-8": (
        {"heart": HEART, "formulary": b"generic,brands,classes,rxcui\nm\xe4lk,,,\n"},
        ["formulary.csv:1:1: error: The file is not UTF-8 text. Save it as UTF-8."],
    ),
    "a formulary without its columns": (
        {"heart": HEART, "formulary": "name,brand\n"},
        ["formulary.csv:1:1: error: the columns must be generic, brands, classes, rxcui; found name, brand"],
    ),
    "sources that are none": (
        {"heart": HEART.replace("sources: {book: {cites: A book}}\n", ""), "sources": "sources: [book]\n"},
        [
            "heart.yaml:10:91: error: There is no source book.",
            "sources.yaml:1:1: error: sources must be a mapping of keys to values.",
        ],
    ),
}


@pytest.mark.parametrize(("files", "said"), SEVERAL.values(), ids=SEVERAL.keys())
def test_files_are_valid_together(files: dict[str, str | bytes], said: list[str]) -> None:
    assert told(**files) == said


def test_more_files_than_any_library_has_are_not_read() -> None:
    files = dict.fromkeys((f"form_{index:03}.yaml" for index in range(501)), b"")

    assert [str(mistake) for mistake in check_library(files).mistakes] == [
        "form_000.yaml:1:1: error: There are more than 500 files here."
    ]


def test_what_is_no_definition_is_left_alone() -> None:
    library = read_library({"heart.yaml": HEART.encode(), "README.md": b"\xff"})

    assert set(library.questionnaires) == {"heart"}
    assert library.hashes["README.md"] == content_hash(b"\xff")


def test_a_library_says_what_it_was_read_from() -> None:
    assert read_library({"heart.yaml": HEART.encode()}).hashes == {"heart.yaml": content_hash(HEART.encode())}


# Hostile and damaged files

NAMES = st.sampled_from(["a.yaml", "pathways/a.yaml", "formulary.csv", "sources.yaml", "locale/es/a.yaml"])
SMALL = ("about_you.yaml", "session_monitoring.yaml", "sources.yaml", "formulary.csv")
TODAY = dt.date(2026, 10, 18)
WORD = re.compile(r"[\w.']+|[^\w\s]")
JUNK = (
    "",
    "-",
    "{",
    "}",
    "[",
    "]",
    ":",
    "no",
    "null",
    "5",
    "1e9",
    "'",
    '"',
    "&a",
    "*a",
    "when",
    "id",
    "not",
    "(",
    "\n",
    "é",
    "\x00",
)


def read_or_refused(files: dict[str, bytes]) -> None:
    """Reads files, and uses whatever could be read: what exists is valid."""
    reading = check_library(files)
    assert all(mistake.place.line >= 1 and mistake.place.column >= 1 for mistake in reading.mistakes)
    library = reading.library
    if library is None:
        with pytest.raises(DefinitionError):
            read_library(files)
        return
    plans = [plan_for(library, name) for name in library.pathways]
    plans += [plan_for_questionnaire(library, name) for name in library.questionnaires]
    for plan in plans:
        program_for(plan).whole()(read_answers(plan, {}, TODAY).known.get, TODAY.toordinal())


@given(name=NAMES, content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    read_or_refused({name: content})


@given(name=NAMES, text=st.text(max_size=200))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    read_or_refused({name: text.encode("utf-8", "surrogatepass")})


YAML = st.recursive(
    st.sampled_from(["heart", "patient", "yes_no", "3", "2026-10-18", "stroke", "true", "null", "''", "[60, 260]"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "text", "when", "options", "questions", "range", "tier", "value", "answers"]
            ),
            inner,
            max_size=4,
        ).map(lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}")
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["title", "audience", "pages", "flags", "scores", "cases", "steps", "uses"]), YAML)
)
def test_any_shape_is_read_or_refused(entries: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in entries.items())

    read_or_refused({"a.yaml": f"questionnaire: a\n{text}".encode(), "pathways/b.yaml": f"pathway: b\n{text}".encode()})


EXPRESSION = st.lists(
    st.sampled_from(
        [
            *"()+-*/<>=!{},.'",
            "stroke",
            "and",
            "or",
            "not",
            "in",
            "if",
            "else",
            "for",
            "any",
            "count",
            "3",
            " ",
            "x",
            "today",
        ]
    ),
    max_size=14,
).map(" ".join)


@settings(max_examples=300)
@given(EXPRESSION)
def test_any_expression_is_read_or_refused(when: str) -> None:
    quoted = '"' + when.replace("\\", "").replace('"', "") + '"'

    read_or_refused({"heart.yaml": HEART.replace("when: stroke", f"when: {quoted}").encode()})


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_shipped_file_that_was_damaged_is_read_or_refused(seed: int) -> None:
    random = Random(seed)
    files = {name: shipped.files()[name] for name in SMALL}
    name = random.choice(SMALL)

    read_or_refused({**files, name: damaged(files[name].decode(), random).encode()})


def damaged(text: str, random: Random) -> str:
    """The text after a few slips of the hand: a line lost, doubled or moved, a word replaced, letters swapped."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 4)):
        at, to = random.randrange(len(lines)), random.randrange(len(lines))
        match random.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2:
                lines[at] = " " * random.randint(0, 8) + lines[at].strip()
            case 3:
                words = WORD.findall(lines[at]) or [""]
                lines[at] = lines[at].replace(random.choice(words), random.choice(JUNK), 1)
            case 4:
                words = WORD.findall("\n".join(lines[to : to + 3])) or [""]
                lines[at] = lines[at].replace(random.choice(WORD.findall(lines[at]) or [" "]), random.choice(words), 1)
            case _:
                lines[at] = lines[at][: random.randint(0, len(lines[at]))]
    return "\n".join(lines)
