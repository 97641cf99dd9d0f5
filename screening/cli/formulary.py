"""`screening formulary`: look medicines up, and take over a new list of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from screening.cli.libraries import files_in, installed_files
from screening.definition.formulary import Formulary, FormularyError, read_formulary, written
from screening.definition.reading import FORMULARY
from screening.exchange.rxnorm import Merged, RxNormError, medicines_in, merged


@click.group()
def formulary() -> None:
    """The list of medicines that interaction flags know."""


def _at(library: Path | None) -> Formulary:
    files = files_in(library) if library else installed_files()
    if FORMULARY not in files:
        raise click.ClickException(f"{library} has no {FORMULARY}.")
    try:
        return read_formulary(files[FORMULARY].decode("utf-8"))
    except (UnicodeDecodeError, FormularyError) as error:
        raise click.ClickException(f"{FORMULARY}: {error}") from error


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LIBRARY = click.option("--library", type=_FOLDER, help="Folder of definitions; default: the installed one.")


@formulary.command()
@click.argument("name")
@_LIBRARY
def find(name: str, library: Path | None) -> None:
    """Show what NAME is recognised as, or what it may mean. Exit status 1 where it is not recognised."""
    known = _at(library)
    medicine = known.find(name)
    if medicine:
        classes = ", ".join(sorted(medicine.classes)) or "no class that a flag uses"
        click.echo(f"{medicine.generic}: {classes}")
        return
    click.echo(f"{name} is not recognised.")
    for suggestion in known.suggestions(name):
        click.echo(f"  {suggestion.name} ({suggestion.medicine.generic})?")
    sys.exit(1)


@formulary.command(name="import")
@click.option(
    "--csv", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="generic,brands,classes,rxcui"
)
@click.option(
    "--rxnorm", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder with RXNCONSO.RRF."
)
@click.option("--into", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The CSV to write.")
@_LIBRARY
def import_(table: Path | None, rxnorm: Path | None, into: Path, library: Path | None) -> None:
    """Lay medicines from a CSV, or from RxNorm's RRF files, over the library's formulary.

    Medicines that are known keep their classes; new ones have none until someone gives them some in the CSV. The
    library itself is not changed: compare the written file, then publish it.
    """
    if (table is None) == (rxnorm is None):
        raise click.UsageError("Give either --csv or --rxnorm.")
    result = _from_table(table) if table else _from_rxnorm(_at(library), rxnorm or Path())
    into.write_text(written(result.medicines), encoding="utf-8")
    without = sum(not medicine.classes for medicine in result.medicines)
    click.echo(f"Wrote {len(result.medicines)} medicines to {into}: {result.known} known, {result.new} new.")
    click.echo(f"{without} have no class, so no interaction flag reads them.")


def _from_table(table: Path) -> Merged:
    try:
        medicines = read_formulary(table.read_text(encoding="utf-8-sig")).medicines
    except (UnicodeDecodeError, FormularyError) as error:
        raise click.ClickException(f"{table}: {error}") from error
    return Merged(medicines, 0, len(medicines))


def _from_rxnorm(known: Formulary, folder: Path) -> Merged:
    try:
        with (
            (folder / "RXNCONSO.RRF").open(encoding="utf-8") as concepts,
            (folder / "RXNREL.RRF").open(encoding="utf-8") as relations,
        ):
            return merged(known, medicines_in(concepts, relations))
    except (OSError, UnicodeDecodeError, RxNormError) as error:
        raise click.ClickException(str(error)) from error
