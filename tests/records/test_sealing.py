from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.config import Keys
from screening.records.errors import SealError
from screening.records.sealing import (
    BlindIndex,
    DataKey,
    Keyring,
    Place,
    WrappedKey,
    canonical,
    name_parts,
    new_token,
    token_hash,
)

OLD = Keys({"old": b"o" * 32}, "old")
BOTH = Keys({"old": b"o" * 32, "new": b"n" * 32}, "new")
KEY = DataKey(b"k" * 32)
names = st.text(max_size=12)
places = st.builds(Place, names, names, names, names)
contents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(places, contents)
def test_what_was_sealed_opens_at_its_place(place: Place, content: object) -> None:
    assert KEY.open_json(place, KEY.seal_json(place, content)) == content


@given(places, places, st.binary())
def test_a_value_that_was_moved_to_another_place_does_not_open(here: Place, there: Place, content: bytes) -> None:
    assume(here != there)
    with pytest.raises(SealError):
        KEY.open(there, KEY.seal(here, content))


@given(st.binary(max_size=40), st.data())
def test_a_value_of_which_one_bit_was_changed_does_not_open(content: bytes, data: st.DataObject) -> None:
    place = Place("response", "answers", "1", "2")
    sealed = bytearray(KEY.seal(place, content))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealError):
        KEY.open(place, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x01" + b"n" * 27])
def test_a_value_that_was_cut_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealError):
        KEY.open(Place("response", "answers", "1", "2"), sealed)


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    place = Place("response", "answers", "1", "2")
    assert len({KEY.seal(place, b"yes") for _ in range(50)}) == 50


def test_an_error_names_the_place_but_not_the_value() -> None:
    place = Place("response", "answers", "row7", "patient8")
    with pytest.raises(SealError, match="answers of row row7") as caught:
        KEY.open(place, KEY.seal(Place("a", "b", "c", "d"), b"secret words"))
    assert "secret" not in str(caught.value)


def test_a_data_key_opens_for_its_own_patient_only() -> None:
    keyring = Keyring(OLD)
    with pytest.raises(SealError):
        keyring.data_key("someone else", keyring.new_data_key("patient"))


def test_a_data_key_stays_the_same_when_its_master_key_is_rotated() -> None:
    place = Place("response", "answers", "1", "patient")
    wrapped = Keyring(OLD).new_data_key("patient")
    sealed = Keyring(OLD).data_key("patient", wrapped).seal(place, b"yes")
    rotated = Keyring(BOTH).rewrapped("patient", wrapped)
    assert rotated.key_name == "new"
    new_only = Keyring(Keys({"new": b"n" * 32}, "new"))
    assert new_only.data_key("patient", rotated).open(place, sealed) == b"yes"
    with pytest.raises(SealError, match="'old' is missing"):
        new_only.data_key("patient", wrapped)


def test_a_key_name_that_was_swapped_does_not_open_the_data_key() -> None:
    wrapped = Keyring(OLD).new_data_key("patient")
    with pytest.raises(SealError):
        Keyring(BOTH).data_key("patient", WrappedKey("new", wrapped.sealed))


def test_derived_keys_differ_by_purpose_and_by_master_key() -> None:
    keyring = Keyring(BOTH)
    derived = {keyring.derived(purpose, name) for purpose in ("wrapping", "index") for name in ("old", "new")}
    assert len(derived) == 4


def test_nothing_shows_its_key() -> None:
    shown = " ".join(map(repr, (KEY, Keyring(OLD), BlindIndex(Keyring(OLD), "index"), OLD)))
    assert "ooo" not in shown
    assert "kkk" not in shown


def test_a_blind_index_finds_what_an_older_key_stored() -> None:
    stored = BlindIndex(Keyring(OLD), "index").token("name", "maria")
    index = BlindIndex(Keyring(BOTH), "index")
    assert stored in index.tokens("name", "maria")
    assert index.token("name", "maria") != stored
    assert stored not in index.tokens("date of birth", "maria")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ana-María  O'Neil", {"ana", "maria", "oneil"}),
        ("ANA MARIA O\u2019NEIL", {"ana", "maria", "oneil"}),
        ("Jürgen Groß", {"jurgen", "gross"}),
        ("  ", set()),
        ("李 小龙", {"李", "小龙"}),
    ],
)
def test_names_are_looked_up_by_parts_without_case_and_accents(name: str, parts: set[str]) -> None:
    assert name_parts(name) == parts


@given(contents)
def test_canonical_json_is_the_same_for_the_same_content(content: object) -> None:
    turned = dict(reversed(content.items())) if isinstance(content, dict) else content
    assert canonical(content) == canonical(turned)


def test_tokens_have_128_bits_and_only_their_hash_is_kept() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 22 for token in tokens)
    assert all(token not in token_hash(token) for token in tokens)
