from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records import messages
from screening.records.database import Database
from screening.records.messages import ON_DUTY, Kind, Recipient
from screening.records.tables import Message

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def queued(db: Session, count: int = 1) -> None:
    for _ in range(count):
        messages.queue_message(db, Kind.ALERT, ON_DUTY, None, NOW)
    db.commit()


def test_a_message_is_kept_with_what_it_speaks_of_or_not_at_all(db: Session) -> None:
    messages.queue_message(db, Kind.DECIDED, Recipient("patient", "p1"), None, NOW)
    db.rollback()
    assert messages.claim(db, NOW) == ()


def test_a_claimed_message_is_not_claimed_again_until_its_sender_is_given_up(db: Session) -> None:
    queued(db)
    assert len(messages.claim(db, NOW)) == 1
    assert messages.claim(db, NOW + 4 * MINUTE) == ()
    assert len(messages.claim(db, NOW + 6 * MINUTE)) == 1


def test_a_sent_message_is_done(db: Session) -> None:
    queued(db)
    (message,) = messages.claim(db, NOW)
    messages.sent(message, NOW)
    assert messages.claim(db, NOW + 60 * MINUTE) == ()


def test_a_message_that_failed_is_tried_again_ever_later_and_at_last_given_up(db: Session) -> None:
    queued(db)
    now, pauses = NOW, []
    while claimed := messages.claim(db, now):
        messages.failed(claimed[0], "x" * 900, now)
        pauses.append(claimed[0].due_at - now)
        now = claimed[0].due_at
    assert pauses == [MINUTE * 2**step for step in range(8)]
    assert len(db.scalars(select(Message.trouble)).one() or "") == 500


def test_two_senders_at_once_share_the_messages(database: Database) -> None:
    with database.session() as db:
        queued(db, 20)
    barrier = Barrier(2)
    taken: list[str] = []

    def send() -> None:
        barrier.wait()
        with database.session() as db:
            while claimed := messages.claim(db, NOW, 3):
                taken.extend(message.id for message in claimed)
                db.commit()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 20
