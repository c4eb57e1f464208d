"""The way of one invented case: its clock, its dice, and what every step of it writes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import User
from cases import rules
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    CaseEvent,
    ConflictDeclaration,
    Message,
)
from cases.workflow import State
from config.synthetic import words
from config.synthetic.arrivals import arrival, moment_on, source_key
from config.synthetic.ledger import Days, Ledger
from config.synthetic.rows import Row
from documents.models import Document
from sealing import chain

K = EventKind
NEW_GUIDELINES_ON = date(2023, 6, 8)


@dataclass
class Cast:
    """Who and what all invented cases share."""

    officers: list[str]
    members: list[str]
    enterprises: list[tuple[int, str, str]]
    days: Days
    now: datetime
    """The end of all walks, in the time zone of the NCP."""
    next_id: dict[type[models.Model], Any] = field(default_factory=dict)


class Over(Exception):
    """The walk has come to today: what would happen next has not happened yet."""


class Walk:
    """A case on its way. `rows` holds all of it that has happened by `clock`."""

    def __init__(self, number: int, *, seed: int, cast: Cast, key: Row, reference: str) -> None:
        self.dice = dice = random.Random(f"{seed}/{number}")
        self.cast, self.key = cast, key
        self.now, self.zone = cast.now.astimezone(UTC), cast.now.tzinfo
        self.rows: list[Row] = []
        self.reference = reference
        self.begun = arrival(seed, number, cast.now)
        self.clock = self.begun.received_at
        received_on = self._today()
        rule_set = rules.load(settings.RULE_SET).name
        if received_on < NEW_GUIDELINES_ON:
            rule_set = rules.load("oecd-2011").name
        self.rules = rules.load(rule_set)
        self.language = dice.choices(words.LANGUAGES, words.SHARES)[0]
        self.vocabulary = words.vocabulary(self.language)
        self.ledger = Ledger(rule_set, cast.days)
        self.complainant: str | None = None
        self.enterprise: str | None = None
        self.officer = dice.choice(cast.officers)
        self.state = State.RECEIVED
        self.case = Row(
            Case,
            {
                "id": self._uuid(),
                "source_key": source_key(seed, number),
                "receipt_id": "-".join(
                    "".join(dice.choices("ABCDEFGHJKLMNPQRSTVWXYZ23456789", k=4)) for _ in range(4)
                ),
                "rule_set": rule_set,
                "language": self.language,
                "channel": dice.choices(
                    ("web", "email", "post", "telephone", "in_person"), (70, 14, 9, 4, 3)
                )[0],
                "reprisal_risk": dice.random() < 0.07,
                "sector": dice.choice("ABCDFGHIK"),
                "data_key_id": key.id,
                "received_at": self.clock,
                "outcome": "",
                "history_length": 0,
                "history_head": "",
                "row_version": 1,
            },
        )

    def _uuid(self) -> str:
        """Return a random UUID (version 4); the `uuid` module takes three times as long."""
        free = f"{self.dice.getrandbits(122):031x}"
        variant = "89ab"[int(free[0])]
        return f"{free[1:9]}-{free[9:13]}-4{free[13:16]}-{variant}{free[16:19]}-{free[19:]}"

    def _add(self, model: type[models.Model], **values: Any) -> Row:
        row = Row(model, values)
        self.rows.append(row)
        return row

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _write(self, count: int) -> str:
        """Return a text of about so many sentences."""
        return self.vocabulary.text(self.dice, self.dice.randint((count + 1) // 2, 2 * count - 1))

    def _today(self) -> date:
        return self.clock.astimezone(self.zone).date()

    def _pass(self, low: int, high: int) -> None:
        """Let some days go by.

        Raises:
            Over: that day has not come yet.
        """
        days = int(self.dice.triangular(low, high, low + (high - low) / 3))
        self._on(self._today() + timedelta(days=days))

    def _on(self, day: date) -> None:
        moment = max(moment_on(self.dice, day, self.zone), self.clock + timedelta(minutes=1))
        if moment > self.now:
            raise Over
        self.clock = moment

    def _event(self, kind: EventKind, by: str | None, **data: Any) -> Row:
        """Record an event as `cases.events.record_event` does."""
        case = self.case
        event = self._add(
            CaseEvent,
            id=self._uuid(),
            case_id=case.id,
            sequence=case.history_length + 1,
            kind=kind,
            at=self.clock,
            by_id=by,
            data={
                name: value if isinstance(value, bool | int | list) else str(value)
                for name, value in sorted(data.items())
            },
        )
        event.mac = chain.mac(CaseEvent.row(event), before=case.history_head or chain.FIRST)
        case.history_length, case.history_head = event.sequence, event.mac
        case.row_version += 1
        case.changed_at = event.at
        self.ledger.follow(kind, event.sequence, self._today(), outcome=case.outcome)
        self.clock += timedelta(seconds=2)
        return event

    def _user(self) -> str:
        """Make a person who holds nothing but an access code that was thrown away."""
        user = self._add(
            User, id=self._uuid(), language=self.language, created_at=self.clock,
            password="!" + "".join(self.dice.choices("abcdefghjkmnpqrstvwxyz", k=40)),
        )  # fmt: skip
        return user.id

    def _message(self, side: str, sender: str, by: str, **values: Any) -> Row:
        answered = self._chance(0.97) and self.clock < self.now - timedelta(days=9)
        row = self._add(
            Message, id=self._uuid(), case_id=self.case.id, side=side, sender=sender, sent_by_id=by,
            text=self._write(4), sent_at=self.clock, **values,
            read_at=self.clock + timedelta(days=1) if sender == "ncp" or answered else None,
        )  # fmt: skip
        if "subject" not in values:
            self._event(K.MESSAGE_SENT, by, side=side, sender=sender, message=row.pk)
        return row

    def _document(self, side: str, title: str, by: str | None, *, pk: str | None = None) -> Row:
        words_of_it = self._write(12)
        content = words_of_it.encode()
        document = self._add(
            Document, id=pk or self._uuid(), data_key_id=self.key.id, original_name=f"{title}.txt",
            sha256=chain.sha256(content), size=len(content), detected_type="text/plain",
            clean_size=len(content), text_size=len(words_of_it), state="clean",
            scanned_at=self.clock, uploaded_by_id=by, created_at=self.clock, not_before=self.clock,
        )  # fmt: skip
        document.content = content
        return self._add(
            CaseDocument,
            id=self._uuid(),
            case_id=self.case.id,
            document_id=document.id,
            title=title,
            side=side,
            provided_by_id=by,
            provided_at=self.clock,
        )

    def _conflict(self, user: str) -> None:
        self._add(
            ConflictDeclaration, case_id=self.case.id, user_id=user, has_conflict=True,
            explanation="A relative works there.", declared_at=self.clock,
        )  # fmt: skip
        self._event(K.CONFLICT_DECLARED, user, has_conflict=True)
