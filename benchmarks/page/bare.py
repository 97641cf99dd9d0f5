"""The page that a patient's page is measured against: Flask, WTForms, Jinja, a session cookie, one row committed.

It asks the same questions in HTML of the same size, protects the form against forged posts, loads the row that was
saved before and saves a new one. It knows no definitions, conditions, history, sealing, audit or assessment.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from wtforms import Field, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

Asked = list[dict[str, Any]]


class Row(DeclarativeBase):
    """The tables of the bare page."""


class Answer(Row):
    """One saved page."""

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient: Mapped[str] = mapped_column(index=True)
    answers: Mapped[str]


def create_bare_app(database: Path, questions: Asked, filler: str = "") -> Flask:
    """The application; `filler` is text that makes its page as long as the one beside which it is measured."""
    app = Flask(__name__, template_folder=str(Path(__file__).parent))
    app.config["SECRET_KEY"] = b"only for measuring, and secret to nobody"
    engine = _engine(database)
    Row.metadata.create_all(engine)
    form_class = type("Form", (FlaskForm,), {asked["id"]: _field(asked) for asked in questions})

    @app.route("/page", methods=["GET", "POST"])
    def page() -> ResponseReturnValue:
        patient = session.setdefault("patient", "made up")
        with Session(engine) as db:
            newest = select(Answer).where(Answer.patient == patient).order_by(Answer.id.desc()).limit(1)
            row = db.scalars(newest).first()
            form = form_class(data=json.loads(row.answers) if row else {})
            if form.validate_on_submit():
                given = {asked["id"]: form[asked["id"]].data for asked in questions}
                db.execute(insert(Answer).values(patient=patient, answers=json.dumps(given)))
                db.commit()
                return redirect("/page")
        return render_template("bare.html", form=form, questions=questions, filler=filler)

    return app


def _engine(database: Path) -> Engine:
    """As durable as ours: each commit is on the disk before the browser hears of it."""
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _field(asked: dict[str, Any]) -> Field:
    if asked["options"]:
        choices = [SelectChoice(code, text) for code, text in asked["options"]]
        return RadioField(asked["text"], choices=choices, validators=[InputRequired()])
    return IntegerField(asked["text"], validators=[InputRequired(), NumberRange(asked["lowest"], asked["highest"])])


def served_app() -> Flask:
    """The application for a server, as the environment says: BARE_DATABASE and BARE_PAGE, a JSON file."""
    page = json.loads(Path(os.environ["BARE_PAGE"]).read_text())
    return create_bare_app(Path(os.environ["BARE_DATABASE"]), page["questions"], page["filler"])
