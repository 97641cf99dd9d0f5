"""What a definition file is and what it is called, by its name and by what it holds."""

from __future__ import annotations

from enum import StrEnum

from screening.definition.reading import FORMULARY, LOCALES, SOURCES
from screening.web.admin.examination import Examination

PATHWAYS = "pathways/"


class Kind(StrEnum):
    """What a file is; the value is the word that pages use."""

    QUESTIONNAIRE = "questionnaire"
    PATHWAY = "pathway"
    FORMULARY = "medicines"
    SOURCES = "sources"
    TRANSLATION = "translation"


_ALONE = {FORMULARY: Kind.FORMULARY, SOURCES: Kind.SOURCES}


def kind_of(file: str) -> Kind:
    """What a file is, by its name."""
    if file.startswith(LOCALES):
        return Kind.TRANSLATION
    return Kind.PATHWAY if file.startswith(PATHWAYS) else _ALONE.get(file, Kind.QUESTIONNAIRE)


def language_of(file: str) -> str:
    """The language that a file translates into, empty for any other file."""
    return file.removeprefix(LOCALES).partition("/")[0] if file.startswith(LOCALES) else ""


def name_of(file: str) -> str:
    """The file's name without folder and ending; a translation's begins with its language: `es/practical`."""
    stem = file.rpartition("/")[2].rpartition(".")[0] or file
    return f"{language_of(file)}/{stem}" if language_of(file) else stem


def title_of(examination: Examination) -> str:
    """The title that people know a file by."""
    if examination.definition:
        return examination.definition.title
    match kind_of(examination.file):
        case Kind.FORMULARY:
            return "Medicines"
        case Kind.SOURCES:
            return "Sources of evidence"
        case Kind.QUESTIONNAIRE | Kind.PATHWAY:
            return name_of(examination.file)
        case Kind.TRANSLATION:
            return _translated_title(examination)


def _translated_title(examination: Examination) -> str:
    language, name = language_of(examination.file), name_of(examination.file).rpartition("/")[2]
    library = examination.library
    translated = library and (library.questionnaires.get(name) or library.pathways.get(name))
    return f"{translated.title} ({language})" if translated else f"{language}/{name}"
