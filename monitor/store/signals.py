"""Signals, what the rules made of them, and the work that waits for a stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from monitor.model import Condition, Judgement, MoveSignal, Signal, StorySignal
from monitor.store.schema import judgement, signal, work
from monitor.store.types import from_json, to_json

KINDS: dict[str, type[StorySignal] | type[MoveSignal]] = {"story": StorySignal, "move": MoveSignal}


class Signals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, value: Signal, session: date) -> bool:
        """Keeps a signal under its key; False where nothing but its `as_of` has changed."""
        kind = "story" if isinstance(value, StorySignal) else "move"
        body = to_json(KINDS[kind], value)
        before = self._connection.scalar(select(signal.c.body).where(signal.c.key == value.key))
        if before is not None and _but_as_of(before) == _but_as_of(body):
            return False
        row = {"session": session, "as_of": value.as_of, "body": body}
        if before is None:
            row |= {"key": value.key, "kind": kind, "symbol": value.symbol}
            self._connection.execute(insert(signal).values(**row))
        else:
            self._connection.execute(update(signal).where(signal.c.key == value.key).values(**row))
        return True

    def get(self, key: str) -> Signal | None:
        row = self._connection.execute(
            select(signal.c.kind, signal.c.body).where(signal.c.key == key)
        ).first()
        return None if row is None else from_json(KINDS[row.kind], row.body)

    def of_session(self, session: date, kind: str) -> list[Signal]:
        """The signals of one session, by symbol."""
        query = (
            select(signal.c.body)
            .where(signal.c.session == session, signal.c.kind == kind)
            .order_by(signal.c.symbol, signal.c.key)
        )
        return [from_json(KINDS[kind], body) for body in self._connection.scalars(query)]

    def outcomes(
        self, before: date, limit: int, *, weight: float = 0.9
    ) -> list[tuple[frozenset[str], float]]:
        """(types of events, p-value of the reaction) of the newest stories of sessions before one.

        Of those that touch their security at least as strongly as `weight`.
        """
        body = signal.c.body
        p_value = body[("reaction", "p_value")].as_float()
        query = (
            select(body[("story", "events")], p_value)
            .where(signal.c.kind == "story", signal.c.session < before, p_value.is_not(None))
            .where(body[("exposure", "weight")].as_float() >= weight)
            .order_by(signal.c.session.desc(), signal.c.key)
            .limit(limit)
        )
        return [
            (frozenset(kind for kind, _ in events), float(p))
            for events, p in self._connection.execute(query)
        ]

    def save_judgement(self, value: Judgement, at: datetime) -> None:
        """The newest word of a rule on a signal takes the place of the one before."""
        key = (judgement.c.signal == value.signal) & (judgement.c.rule == value.rule)
        self._connection.execute(delete(judgement).where(key))
        self._connection.execute(
            insert(judgement).values(
                signal=value.signal,
                rule=value.rule,
                at=at,
                fired=value.fires,
                conditions=to_json(tuple[Condition, ...], value.conditions),
            )
        )

    def judgements(self, key: str) -> list[Judgement]:
        """What every rule made of a signal."""
        query = (
            select(judgement.c.rule, judgement.c.conditions)
            .where(judgement.c.signal == key)
            .order_by(judgement.c.rule)
        )
        return [
            Judgement(rule, key, from_json(tuple[Condition, ...], conditions))
            for rule, conditions in self._connection.execute(query)
        ]

    def add_work(self, stage: str, keys: Iterable[str]) -> None:
        """Asks a stage to look at some keys; asking twice is asking once."""
        wanted = sorted(set(keys))
        waiting = set(self.work(stage))
        rows = [{"stage": stage, "key": key} for key in wanted if key not in waiting]
        if rows:
            self._connection.execute(insert(work), rows)

    def work(self, stage: str) -> list[str]:
        query = select(work.c.key).where(work.c.stage == stage).order_by(work.c.key)
        return list(self._connection.scalars(query))

    def finish_work(self, stage: str, keys: Sequence[str]) -> None:
        self._connection.execute(
            delete(work).where(work.c.stage == stage, work.c.key.in_(list(keys)))
        )


def _but_as_of(body: object) -> object:
    if isinstance(body, dict):
        return {key: _but_as_of(value) for key, value in body.items() if key != "as_of"}
    return [_but_as_of(one) for one in body] if isinstance(body, list) else body
