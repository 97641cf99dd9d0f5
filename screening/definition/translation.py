"""The texts of a file in another language, keyed by id, each beside a hash of the text that it translates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated

from pydantic import StringConstraints

from screening.definition.building import refuse_html
from screening.definition.document import Document
from screening.definition.mistakes import Mistake, Severity, did_you_mean
from screening.definition.model import Check, Library, Option, Overlay, Page, Pathway, Question, Questionnaire
from screening.definition.schema import Shape, Text
from screening.definition.shaping import shaped

SourceHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]


class TextShape(Shape):
    """One translated text, and the hash of the text it was made from."""

    text: Text
    of: SourceHash


class OverlayShape(Shape):
    """A file of `questionnaires/locale/LANG/`: `texts` by path, such as `blood_pressure.hypertension.help`."""

    translates: Text
    note: Text | None = None
    texts: dict[str, TextShape]


def text_hash(text: str) -> str:
    """The first eight hexadecimal digits of the text's SHA-256."""
    return sha256(text.encode()).hexdigest()[:8]


def texts_of(definition: Questionnaire | Pathway) -> Mapping[str, str]:
    """Every text that a patient reads, by its path: `title`, `PAGE.title`, `QUESTION.text`, `QUESTION.OPTION`, ..."""
    found = {"title": definition.title, "about": definition.about}
    if isinstance(definition, Questionnaire):
        for page in definition.pages:
            found[f"page.{page.id}.title"] = page.title
            found[f"page.{page.id}.about"] = page.about
            for question in page.questions:
                found.update(_question_texts(question.id, question))
    return {path: text for path, text in found.items() if text}


def _question_texts(path: str, question: Question) -> dict[str, str]:
    found = {f"{path}.text": question.text, f"{path}.help": question.help}
    if question.check:
        found[f"{path}.check"] = question.check.message
    for option in question.options:
        found[f"{path}.option.{option.id}"] = option.text
    for field in question.questions:
        found.update(_question_texts(f"{path}.row.{field.id}", field))
    return found


def read_overlay(
    document: Document, known: Mapping[str, Questionnaire | Pathway]
) -> tuple[Overlay | None, tuple[Mistake, ...]]:
    """The overlay in a file, and what is wrong in it: unknown paths are errors, stale and missing texts warnings."""
    found_shape = shaped(document, OverlayShape)
    shape = found_shape.shape
    if shape is None or found_shape.mistakes:
        return None, found_shape.mistakes
    definition = known.get(shape.translates)
    if definition is None:
        near = did_you_mean(shape.translates, known)
        place = document.place(("translates",))
        return None, (Mistake(place, f"There is no questionnaire or pathway {shape.translates}.{near}"),)
    texts = texts_of(definition)
    found = (*refuse_html(document), *_compared(document, shape, texts))
    return Overlay(shape.translates, MappingProxyType({p: t.text for p, t in shape.texts.items()})), found


def _compared(document: Document, shape: OverlayShape, texts: Mapping[str, str]) -> Iterable[Mistake]:
    for path, translated in shape.texts.items():
        place = document.place(("texts", path))
        if path not in texts:
            yield Mistake(place, f"{shape.translates} has no text {path}.{did_you_mean(path, texts)}")
        elif translated.of != text_hash(texts[path]):
            now = text_hash(texts[path])
            sentence = f"The text {path} has changed since it was translated. Check it, then write of: {now}."
            yield Mistake(place, sentence, Severity.WARNING)
    missing = [path for path in texts if path not in shape.texts]
    if missing:
        first = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        yield Mistake(document.place(("texts",)), f"Not translated: {first}.", Severity.WARNING)


def translated(questionnaire: Questionnaire, overlay: Overlay) -> Questionnaire:
    """The questionnaire with its texts in the overlay's language, in the original where there is none."""
    texts = overlay.texts
    return replace(
        questionnaire,
        title=texts.get("title", questionnaire.title),
        about=texts.get("about", questionnaire.about),
        pages=tuple(_page(page, texts) for page in questionnaire.pages),
    )


def translated_pathway(pathway: Pathway, overlay: Overlay) -> Pathway:
    """The pathway with its texts in the overlay's language."""
    texts = overlay.texts
    return replace(pathway, title=texts.get("title", pathway.title), about=texts.get("about", pathway.about))


def _page(page: Page, texts: Mapping[str, str]) -> Page:
    return replace(
        page,
        title=texts.get(f"page.{page.id}.title", page.title),
        about=texts.get(f"page.{page.id}.about", page.about),
        questions=tuple(_question(question.id, question, texts) for question in page.questions),
    )


def _question(path: str, question: Question, texts: Mapping[str, str]) -> Question:
    check = question.check
    return replace(
        question,
        text=texts.get(f"{path}.text", question.text),
        help=texts.get(f"{path}.help", question.help),
        check=check and Check(check.that, texts.get(f"{path}.check", check.message)),
        options=tuple(_option(path, option, texts) for option in question.options),
        questions=tuple(_question(f"{path}.row.{field.id}", field, texts) for field in question.questions),
    )


def _option(path: str, option: Option, texts: Mapping[str, str]) -> Option:
    return replace(option, text=texts.get(f"{path}.option.{option.id}", option.text))


def in_language(library: Library, language: str) -> Library:
    """The library with its patients' texts in a language, in the original wherever there is no translation."""
    overlays = library.overlays.get(language, {})
    questionnaires = {
        name: translated(form, overlays[name]) if name in overlays else form
        for name, form in library.questionnaires.items()
    }
    pathways = {
        name: translated_pathway(way, overlays[name]) if name in overlays else way
        for name, way in library.pathways.items()
    }
    return replace(library, questionnaires=MappingProxyType(questionnaires), pathways=MappingProxyType(pathways))
