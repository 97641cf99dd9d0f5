"""Small libraries by chance, written as YAML and read by the real reader: every type, chain and kind of expression."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from screening.definition.model import Plan
from screening.definition.plans import plan_for
from screening.definition.reading import read_library

FORMULARY = b"generic,brands,classes,rxcui\nalpha,Alfa,rx_a,\nbeta,Betamax,rx_b,\ngamma,,rx_a;rx_b,\nplain,Plane,,\n"
PATHWAY = """\
pathway: way
title: Way
treatment: {{product: {product}, route: {route}}}
steps: [{{questionnaire: about_you}}, {{questionnaire: one}}, {{questionnaire: two, stage: session}}]
"""
SOURCES = b"sources: {book: {cites: A book}}\n"
ABOUT = """\
questionnaire: about_you
title: About you
audience: patient
pages:
  - id: you
    title: You
    questions:
      - {id: date_of_birth, type: date, text: When were you born?}
      - id: sex_at_birth
        type: choice
        text: What sex?
        options: [{id: female, text: Female}, {id: male, text: Male}, {id: other, text: Other}]
"""
SHOWN = ("one.yaml", "two.yaml", "pathways/way.yaml")
TYPES = ("yes_no", "choice", "scale", "choices", "integer", "decimal", "date", "weight", "height", "medicines", "list")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Name:
    """What an expression may name: the words for it, its type, and its codes."""

    words: str
    type: str
    codes: tuple[str, ...] = ()
    fields: tuple["Name", ...] = ()


@dataclass
class Scope:
    """What may be named in one place."""

    names: list[Name] = field(default_factory=list)
    rows: int = 0
    rooms: dict[str, int] = field(default_factory=dict)

    def of(self, *types: str) -> list[Name]:
        return [name for name in self.names if name.type in types]


class Made:
    """A plan, and the files it was read from; those are what a failing test shows."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.plan: Plan = plan_for(read_library(files), "way")

    def __repr__(self) -> str:
        return "\n".join(f"--- {file}\n{text.decode()}" for file, text in self.files.items() if file in SHOWN)


@st.composite
def plans(draw: st.DrawFn, questions: int = 4, *, small: bool = False) -> Made:
    """The plan of a library with one pathway over two questionnaires; `small` keeps to few possible answers."""
    writer = _Writer(draw, small=small)
    one = writer.questionnaire("one", [], questions)
    two = writer.questionnaire("two", ["one"], max(1, questions // 2))
    product, route = draw(st.sampled_from((("ketamine", "iv"), ("ketamine", "oral"), ("esketamine", "intranasal"))))
    way = PATHWAY.format(product=product, route=route) + writer.flags("across", dotted=True)
    files = {
        "about_you.yaml": ABOUT.encode(),
        "one.yaml": one.encode(),
        "two.yaml": two.encode(),
        "pathways/way.yaml": way.encode(),
        "formulary.csv": FORMULARY,
        "sources.yaml": SOURCES,
    }
    return Made(files)


class _Writer:
    """Writes the files of one library; `seen` holds what each questionnaire defines."""

    def __init__(self, draw: st.DrawFn, *, small: bool) -> None:
        self.draw = draw
        self.small = small
        self.seen: dict[str, list[Name]] = {}
        self.written = 0

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def questionnaire(self, name: str, uses: list[str], questions: int) -> str:
        self.seen[name] = []
        lines = [f"questionnaire: {name}", "title: Form", "audience: patient", f"uses: [{', '.join(uses)}]", "pages:"]
        lines += ["  - id: page", "    title: Page", "    questions:"]
        for _ in range(self.draw(st.integers(1, questions))):
            lines.append(self._question(name, uses))
        scores: list[str] = []
        for _ in range(self.draw(st.integers(0, 2))):
            self.written += 1
            value = Expressions(self, self.scope(name, uses)).number(2)
            scores.append(f'  - {{id: s{self.written}, title: Score, value: "{value}"}}')
            self.seen[name].append(Name(f"s{self.written}", "number"))
        if scores:
            lines += ["scores:", *scores]
        return "\n".join(lines) + "\n" + self.flags(name, uses)

    def scope(self, own: str | None, uses: list[str]) -> Scope:
        """What an expression of a questionnaire may name; of a pathway, with `own` left out, everything."""
        names = list(self.seen[own]) * 3 if own else []
        for other in uses:
            names += [replace(name, words=_dotted(other, name.words)) for name in self.seen[other]] * 2
        names += [
            Name("(patient.age * 1)", "number"),
            Name("patient.sex_at_birth", "choice", ("female", "male", "other")),
        ]
        names += [Name("today", "date"), Name("treatment.product", "choice", ("ketamine", "esketamine"))]
        return Scope(names)

    def flags(self, prefix: str, uses: list[str] | None = None, *, dotted: bool = False) -> str:
        scope = self.scope(None, list(self.seen)) if dotted else self.scope(prefix, uses or [])
        lines = ["flags:"]
        for index in range(self.draw(st.integers(1, 3))):
            when = Expressions(self, scope).condition(3)
            lines.append(
                f'  - {{id: {prefix}_{index}, tier: relative, when: "{when}", title: T, why: W, action: A,'
                " sources: [book]}"
            )
        return "\n".join(lines) + "\n"

    def _question(self, own: str, uses: list[str]) -> str:
        self.written += 1
        name = f"q{self.written}"
        types = [each for each in TYPES if each != "medicines" or own == "one"]
        kind = self.draw(st.sampled_from(types))
        body, made, implied = self._body(name, kind)
        text = f"      - {{id: {name}, type: {kind}, text: Question"
        expressions = Expressions(self, self.scope(own, uses))
        if self.chance(50):
            text += f', when: "{expressions.condition(1)}"'
            if implied and self.chance(60):
                text += f", if_not_asked: {implied}"
        self.seen[own].append(made)
        return f"{text}{body}}}"

    def _body(self, name: str, kind: str) -> tuple[str, Name, str]:
        """The rest of a question, what expressions may name of it, and a value that not asking may imply."""
        match kind:
            case "yes_no":
                return "", Name(name, kind), self.draw(st.sampled_from(("yes", "no")))
            case "choice" | "scale" | "choices":
                return self._options(name, kind)
            case "integer":
                high = 3 if self.small else self.draw(st.sampled_from((3, 40)))
                return f", range: [{self.draw(st.integers(-2, 0))}, {high}]", Name(name, "number"), "1"
            case "decimal":
                return ", range: [0, 2.5]", Name(name, "number"), "0.5"
            case "weight" | "height":
                return ", range: [30, 200]", Name(f"({name} * 1)", "number"), "70"
            case "date":
                future = self.chance(20)
                return f", future: {str(future).lower()}", Name(name, kind), ""
            case "medicines":
                fields = (
                    Name("classes", "choices", ("rx_a", "rx_b")),
                    Name("how_often", "choice", ("daily", "weekly")),
                )
                return ", max: 3", Name(name, kind, fields=fields), ""
            case _:
                return self._row(name)

    def _options(self, name: str, kind: str) -> tuple[str, Name, str]:
        number = self.draw(st.integers(2, 3 if self.small else 4))
        if kind == "scale" and not self.small and self.chance(20):
            number = 12
        codes = tuple(f"o{index}" for index in range(number))
        points = [self.draw(st.integers(-1, 4)) for _ in codes] if kind == "scale" else []
        exclusive = kind == "choices" and self.chance(50)
        options = []
        for index, code in enumerate(codes):
            option = f"id: {code}, text: Option"
            option += f", points: {points[index]}" if points else ""
            option += ", exclusive: true" if exclusive and index == number - 1 else ""
            option += self._offered() if number < 5 and self.chance(10) else ""
            options.append(f"{{{option}}}")
        implied = f"[{codes[0]}]" if kind == "choices" else codes[0]
        return f", options: [{', '.join(options)}]", Name(name, kind, codes), implied

    def _offered(self) -> str:
        asked = [name for names in self.seen.values() for name in names if name.type == "yes_no"]
        own = [name.words for name in asked if name in list(self.seen.values())[-1]]
        return f', when: "{self.draw(st.sampled_from(own))}"' if own else ""

    def _row(self, name: str) -> tuple[str, Name, str]:
        kinds = self.draw(st.lists(st.sampled_from(("yes_no", "choice", "integer", "date")), min_size=1, max_size=2))
        fields, made = [], []
        for index, kind in enumerate(kinds):
            body, known, _ = self._options(f"f{index}", "choice") if kind == "choice" else self._body(f"f{index}", kind)
            body = body.split(", when:", maxsplit=1)[0] + "}]" if ", when:" in body else body
            fields.append(f"{{id: f{index}, type: {kind}, text: Field{body}}}")
            made.append(known)
        return f", max: 2, questions: [{', '.join(fields)}]", Name(name, "list", fields=tuple(made)), ""


def _dotted(room: str, words: str) -> str:
    """The name as another questionnaire writes it; `(q1 * 1)` is a number rid of its unit."""
    return f"({room}.{words[1:]}" if words.startswith("(") else f"{room}.{words}"


class Expressions:
    """Writes expressions over what a scope holds."""

    def __init__(self, writer: _Writer, scope: Scope) -> None:
        self.draw = writer.draw
        self.chance = writer.chance
        self.scope = scope

    def one(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def condition(self, depth: int) -> str:
        kinds = ["compare", "asked", "asked", "code", "codes", "takes"]
        if depth:
            kinds += ["and", "or", "not", "if", "rows", "and", "or", "chain"]
        match self.one(*kinds):
            case "and" | "or" as word:
                parts = [self.condition(depth - 1) for _ in range(self.draw(st.integers(2, 3)))]
                return f"({f' {word} '.join(parts)})"
            case "not":
                return f"not {self.condition(depth - 1)}"
            case "if":
                return f"({self.condition(depth - 1)} if {self.condition(0)} else {self.condition(depth - 1)})"
            case "rows":
                return self.rows(depth) or self.compare(0)
            case "chain":
                return (
                    f"({self.number(0)} {self.one('<', '<=')} {self.number(1)} {self.one('<', '<=')} {self.number(0)})"
                )
            case "asked" if asked := self.scope.of("yes_no"):
                return self.draw(st.sampled_from(asked)).words
            case "code" if coded := self.scope.of("choice", "scale"):
                return self.code(self.draw(st.sampled_from(coded)))
            case "codes" if sets := self.scope.of("choices"):
                held = self.draw(st.sampled_from(sets))
                return f"('{self.one(*held.codes)}' {self.one('in', 'not in')} {held.words})"
            case "takes" if self.scope.of("medicines"):
                return f"takes('{self.one('rx_a', 'rx_b')}')"
            case _:
                return self.compare(depth)

    def compare(self, depth: int) -> str:
        dates = self.scope.of("date")
        if dates and self.chance(30):
            one, other = self.draw(st.sampled_from(dates)), self.draw(st.sampled_from(dates))
            return f"({one.words} {self.one(*COMPARISONS)} {other.words})"
        how, left, right = self.one(*COMPARISONS), self.number(depth), self.number(0)
        if how in ("==", "!="):
            return f"(({left} + 0) {how} ({right} + 0))"  # a scale alone would be compared as its code
        return f"({left} {how} {right})"

    def code(self, name: Name) -> str:
        codes = [f"'{code}'" for code in name.codes]
        some = self.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True))
        if len(some) == 1:
            return f"({name.words} {self.one('==', '!=')} {some[0]})"
        return f"({name.words} {self.one('in', 'not in')} {{{', '.join(some)}}})"

    def rows(self, depth: int, word: str = "") -> str:
        listed = self.scope.of("list", "medicines")
        if not listed or self.scope.rows >= 2:
            return ""
        over = self.draw(st.sampled_from(listed))
        variable = f"r{self.scope.rows}"
        fields = [Name(f"{variable}.{f.words}", f.type, f.codes) for f in over.fields]
        inner = Scope([*fields, *fields, *self.scope.names], self.scope.rows + 1)
        outer, self.scope = self.scope, inner
        condition = self.condition(max(0, depth - 1))
        self.scope = outer
        return f"{word or self.one('any', 'all')}({condition} for {variable} in {over.words})"

    def number(self, depth: int) -> str:
        kinds = ["name", "name", "number", "since"]
        if depth:
            kinds += ["sum", "count", "min", "if", "+", "-", "*", "/", "rows", "sign"]
        named = [
            name.words for name in self.scope.of("number", "scale") if "." not in name.words or name.type != "scale"
        ]
        match self.one(*kinds):
            case "name" if named:
                return self.one(*named)
            case "since" if dates := self.scope.of("date"):
                unit = self.one("years", "months", "days")
                return f"({unit}_since({self.draw(st.sampled_from(dates)).words}) * 1)"
            case "sum":
                return f"sum({', '.join(self.number(depth - 1) for _ in range(self.draw(st.integers(1, 3))))})"
            case "min":
                return f"{self.one('min', 'max')}({self.number(depth - 1)}, {self.number(depth - 1)})"
            case "count":
                return f"count({', '.join(self.condition(depth - 1) for _ in range(self.draw(st.integers(1, 3))))})"
            case "if":
                return f"({self.number(depth - 1)} if {self.condition(0)} else {self.number(depth - 1)})"
            case "rows":
                return self.rows(depth, "count") or "1"
            case "sign":
                return f"-{self.number(0)}"
            case "+" | "-" | "*" | "/" as sign:
                return f"({self.number(depth - 1)} {sign} {self.number(depth - 1)})"
            case _:
                return self.one("0", "1", "2", "3", "0.5", "20", "365")
