"""From files to a library: the one way in. What exists afterwards is valid; every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import TypeVar

from screening.definition.document import Document, Entries, read_document
from screening.definition.files import build_pathway, build_questionnaire
from screening.definition.formulary import EMPTY, Formulary, FormularyError, read_formulary
from screening.definition.mistakes import DefinitionError, Mistake, Severity
from screening.definition.model import Library, Overlay, Pathway, Place, Questionnaire
from screening.definition.names import gathered
from screening.definition.order import circles, out_of_order
from screening.definition.schema import PathwayShape, QuestionnaireShape, Shape, SourceShape, SourcesShape
from screening.definition.shaping import shaped
from screening.definition.translation import read_overlay

FORMULARY = "formulary.csv"
SOURCES = "sources.yaml"
LOCALES = "locale/"
MAX_FILES = 500

AnyShape = TypeVar("AnyShape", bound=Shape)
AnyFile = TypeVar("AnyFile", QuestionnaireShape, PathwayShape)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: the library, or None where there are errors; and all that was found, by place."""

    library: Library | None
    mistakes: tuple[Mistake, ...]


def read_library(files: Mapping[str, bytes]) -> Library:
    """The library in those files, named as below `questionnaires/`. Raises: DefinitionError with all mistakes."""
    reading = check_library(files)
    if reading.library is None:
        raise DefinitionError(reading.mistakes)
    return reading.library


def check_library(files: Mapping[str, bytes]) -> Reading:
    """The library and every mistake in it; warnings leave the library usable."""
    if len(files) > MAX_FILES:
        return Reading(None, (Mistake(Place(min(files), 1, 1), f"There are more than {MAX_FILES} files here."),))
    reader = _Reader(files)
    library = reader.library()
    mistakes = tuple(sorted(reader.mistakes, key=lambda m: (m.place.file, m.place.line, m.place.column)))
    broken = any(mistake.severity is Severity.ERROR for mistake in mistakes)
    return Reading(None if broken else library, mistakes)


def content_hash(content: bytes) -> str:
    """The name of a text by its content: SHA-256 in hexadecimal."""
    return sha256(content).hexdigest()


class _Reader:
    """Reads the files in the order in which they need one another."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(sorted(files.items()))
        self.mistakes: list[Mistake] = []
        self.unreadable: dict[str, frozenset[str]] = {}

    def library(self) -> Library:
        """The library as far as it can be read."""
        documents = self._documents()
        formulary = self._formulary()
        shared = self._shaped(documents[SOURCES], SourcesShape) if SOURCES in documents else None
        forms = self._shapes(documents, "questionnaire", QuestionnaireShape)
        ways = self._shapes(documents, "pathway", PathwayShape)
        self._refuse_others(documents)
        cited = {SOURCES: shared.sources if shared else {}}
        cited.update((file, form.sources) for file, form in forms.items())
        cited.update((file, way.sources) for file, way in ways.items())
        self._refuse_twin_sources(documents, cited)
        names = gathered(forms.values(), ways.values(), cited[SOURCES], formulary, self.unreadable)
        questionnaires: dict[str, Questionnaire] = {}
        for file, form in forms.items():
            questionnaire, mistakes = build_questionnaire(documents[file], form, names.seen_by(form))
            self.mistakes.extend(mistakes)
            questionnaires[questionnaire.id] = questionnaire
        pathways: dict[str, Pathway] = {}
        for file, way in ways.items():
            pathway, mistakes = build_pathway(documents[file], way, names)
            self.mistakes.extend(mistakes)
            pathways[pathway.id] = pathway
        self.mistakes.extend(circles(questionnaires.values(), pathways.values()))
        self.mistakes.extend(out_of_order(questionnaires, pathways.values()))
        self._refuse_twin_flags(questionnaires, pathways)
        return Library(
            MappingProxyType(questionnaires),
            MappingProxyType(pathways),
            formulary,
            names.sources,
            MappingProxyType({file: content_hash(content) for file, content in self.files.items()}),
            self._overlays({**questionnaires, **pathways}),
        )

    def _documents(self) -> dict[str, Document]:
        documents: dict[str, Document] = {}
        for file, content in self.files.items():
            if file.endswith((".yaml", ".yml")) and not file.startswith(LOCALES):
                documents[file] = self._document(file, content)
        return documents

    def _document(self, file: str, content: bytes) -> Document:
        document = read_document(file, content)
        self.mistakes.extend(document.mistakes)
        return document

    def _formulary(self) -> Formulary:
        content = self.files.get(FORMULARY)
        if content is None:
            return EMPTY
        try:
            return read_formulary(content.decode("utf-8"))
        except UnicodeDecodeError:
            self.mistakes.append(Mistake(Place(FORMULARY, 1, 1), "The file is not UTF-8 text. Save it as UTF-8."))
        except FormularyError as error:
            self.mistakes.append(Mistake(Place(FORMULARY, error.line, 1), error.message))
        return EMPTY

    def _shaped(self, document: Document, shape: type[AnyShape]) -> AnyShape | None:
        found = shaped(document, shape)
        self.mistakes.extend(found.mistakes)
        if isinstance(found.shape, QuestionnaireShape):
            names = (found.shape.pages[page].questions[index].id for page, index in found.unreadable)
            self.unreadable[found.shape.questionnaire] = frozenset(names)
        return found.shape

    def _shapes(self, documents: Mapping[str, Document], key: str, shape: type[AnyFile]) -> dict[str, AnyFile]:
        """The files whose first word is `key`, in their shape; a second one with the same id is a mistake."""
        found: dict[str, AnyFile] = {}
        by_id: dict[str, str] = {}
        for file, document in documents.items():
            if not isinstance(document.root, Entries) or key not in document.root.nodes:
                continue
            shape_of_file = self._shaped(document, shape)
            if shape_of_file is None:
                continue
            name: str = getattr(shape_of_file, key)
            if name in by_id:
                place = document.place((key,))
                self.mistakes.append(Mistake(place, f"The {key} {name} is defined in {by_id[name]} already."))
            by_id.setdefault(name, file)
            found[file] = shape_of_file
        return found

    def _refuse_others(self, documents: Mapping[str, Document]) -> None:
        for file, document in documents.items():
            if file == SOURCES or document.root is None:
                continue
            if not isinstance(document.root, Entries) or not {"questionnaire", "pathway"} & set(document.root.nodes):
                sentence = "The file must say what it is: questionnaire: NAME, or pathway: NAME."
                self.mistakes.append(Mistake(document.place(()), sentence))

    def _refuse_twin_sources(
        self, documents: Mapping[str, Document], cited: Mapping[str, Mapping[str, SourceShape]]
    ) -> None:
        """Flags cite a source by its id from anywhere, so an id stands for one source."""
        first: dict[str, tuple[str, SourceShape]] = {}
        for file, sources in cited.items():
            for name, shape in sources.items():
                known_in, known = first.setdefault(name, (file, shape))
                if known != shape:
                    sentence = f"The source {name} is another one in {known_in}. Give this one a name of its own."
                    self.mistakes.append(Mistake(documents[file].place(("sources", name)), sentence))

    def _refuse_twin_flags(self, questionnaires: Mapping[str, Questionnaire], pathways: Mapping[str, Pathway]) -> None:
        """Results are keyed by a flag's id, so it stands once among the questionnaires, and once in a pathway."""
        first: dict[str, Place] = {}
        definitions: tuple[Questionnaire | Pathway, ...] = (*questionnaires.values(), *pathways.values())
        for definition in definitions:
            for flag in definition.flags:
                if flag.id in first and first[flag.id].file != flag.place.file:
                    sentence = f"The flag {flag.id} is defined at {first[flag.id]} already."
                    self.mistakes.append(Mistake(flag.place, sentence))
                elif isinstance(definition, Questionnaire):
                    first[flag.id] = flag.place

    def _overlays(self, known: Mapping[str, Questionnaire | Pathway]) -> Mapping[str, Mapping[str, Overlay]]:
        overlays: dict[str, dict[str, Overlay]] = {}
        for file, content in self.files.items():
            if not file.startswith(LOCALES) or not file.endswith((".yaml", ".yml")):
                continue
            overlay, mistakes = read_overlay(self._document(file, content), known)
            self.mistakes.extend(mistakes)
            language = file.removeprefix(LOCALES).split("/", 1)[0]
            if overlay:
                overlays.setdefault(language, {})[overlay.translates] = overlay
        return MappingProxyType({language: MappingProxyType(found) for language, found in overlays.items()})
