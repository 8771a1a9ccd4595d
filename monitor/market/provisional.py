"""A move while its session is still open: from a live quote, before its bar is closed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import isfinite, log
from typing import Final

from monitor.market.basis import any_close
from monitor.market.moves import NoMove, move_of
from monitor.market.quality import AGREEING, sound
from monitor.model import Bar, DataNote, IntradayBar, Move, PriceSeries, Quote

OLD: Final = timedelta(minutes=30)  # free quotes are 15 to 20 minutes behind; more is stale
AGREE: Final = 0.03  # in logs: two quotes this near to one another confirm one another
SAME_CLOSE: Final = 0.01  # in logs: so far may closes of the session before differ, by rounding


def provisional_move(
    series: PriceSeries,
    quote: Quote,
    session: date,
    *,
    open_at: datetime,
    close_at: datetime,
    expected_previous: date,
    as_of: datetime,
    others: Sequence[Quote] = (),
) -> Move | NoMove:
    """The move of `session` up to a quote that was given in it, marked provisional.

    `series` is what is known at `as_of`, its bars of the session so far in `intraday`: they tell
    gap, high and low, which are None without them. The volume ratio is of the volume so far, so
    it can only grow. Extremes are of the highs and lows alone: there is no close yet. `others` are
    quotes of other sources, or earlier ones of this session, that may confirm a great jump. Beside
    the notes of `move_of` there may be "stale-quote", and "sources-disagree" where quote and bars
    have another close before.
    """
    symbol = series.symbol
    if not (isfinite(quote.price) and quote.price > 0):
        return NoMove(symbol, session, f"the quote is {quote.price:g}, which no price is")
    if not open_at <= quote.at <= close_at:
        return NoMove(symbol, session, f"the quote of {quote.at:%Y-%m-%d %H:%M} is not of it")
    within = [
        bar
        for bar in series.intraday
        if bar.start >= open_at and bar.start + timedelta(minutes=bar.minutes) <= as_of
    ]
    bars = [bar for bar in series.bars if bar.session < session]
    notes = list(series.notes)
    known = next((bar for bar in reversed(bars) if any_close(sound(bar)) is not None), None)
    if quote.previous_close is not None and (
        known is None or known.session < expected_previous or sound(known).close is None
    ):  # the bars are behind, or adjusted, which cannot be compared with a quote
        bars = [bar for bar in bars if bar.session < expected_previous]
        bars.append(Bar(expected_previous, None, None, None, quote.previous_close, None, None))
    notes += [
        DataNote(AGREEING, symbol, session, f"{one.source} had {one.price:g} at {one.at:%H:%M}")
        for one in others
        if _confirms(one, quote, open_at)
    ]
    made = _bar_so_far(session, quote, within, open_at)
    so_far = replace(series, bars=(*bars, made), notes=tuple(notes))
    move = move_of(so_far, session, quote.at, open_at=open_at, expected_previous=expected_previous)
    if isinstance(move, NoMove):
        return move
    return replace(
        move,
        extremes=tuple(one for one in move.extremes if one.basis == "intraday"),
        notes=(*move.notes, *_doubts(move, quote, as_of)),
        provisional=True,
    )


def _confirms(one: Quote, quote: Quote, open_at: datetime) -> bool:
    """Whether it is another observation of this session, at about the same price."""
    if one.price <= 0 or one.at < open_at or (one.source, one.at) == (quote.source, quote.at):
        return False
    return abs(log(one.price / quote.price)) <= AGREE


def _bar_so_far(
    session: date, quote: Quote, within: Sequence[IntradayBar], open_at: datetime
) -> Bar:
    if not within:
        return Bar(session, None, None, None, quote.price, None, quote.volume)
    first = within[0]
    opened = first.open if first.start - open_at < timedelta(minutes=first.minutes) else None
    high = max(quote.price, *(bar.high for bar in within))
    low = min(quote.price, *(bar.low for bar in within))
    return Bar(session, opened, high, low, quote.price, None, quote.volume)


def _doubts(move: Move, quote: Quote, as_of: datetime) -> list[DataNote]:
    notes = []
    if as_of - quote.at > OLD:
        minutes = (as_of - quote.at) // timedelta(minutes=1)
        text = f"the last price is {minutes} minutes old"
        notes.append(DataNote("stale-quote", move.symbol, move.session, text))
    told = quote.previous_close
    if told is not None and told > 0 and abs(log(told / move.previous_close)) > SAME_CLOSE:
        text = f"{quote.source} has {told:g} for the close before, the bars {move.previous_close:g}"
        notes.append(DataNote("sources-disagree", move.symbol, move.session, text))
    return notes
