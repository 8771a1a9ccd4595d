"""What no single key of config.toml can tell. Looks only at what has the right shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from monitor.config.tables import listed, period
from monitor.errors import Mistake

RESERVED = "mail"  # the channel of the digests


def crosschecked(raw: Mapping[str, Any], file: str) -> list[Mistake]:
    mistakes = []
    for table in ("sources", "channels"):
        names = [str(row["name"]) for row in rows_of(raw, table) if row.get("name")]
        for name, count in Counter(names).items():
            if count > 1:
                mistakes.append(Mistake(file, table, f"{count} have the name {name!r}"))
    channels = sorted(str(row.get("name")) for row in rows_of(raw, "channels"))
    mistakes += _channel_mistakes(raw, channels, file)
    prices = raw.get("prices", {})
    if isinstance(prices, Mapping):
        mistakes += _price_mistakes(prices, file)
    study = raw.get("study", {})
    if isinstance(study, Mapping):
        mistakes += _study_mistakes(study, file)
    digest = raw.get("digest", {})
    if isinstance(digest, Mapping) and digest.get("recipients") and "smtp" not in raw:
        mistakes.append(
            Mistake(file, "digest.recipients", "a [smtp] table is needed to reach them")
        )
    return mistakes


def _channel_mistakes(
    raw: Mapping[str, Any], channels: Sequence[str], file: str
) -> Iterable[Mistake]:
    if RESERVED in channels:
        what = f"{RESERVED!r} is the channel of the digests: take another name"
        yield Mistake(file, "channels", what)
    for number, row in enumerate(rows_of(raw, "channels")):
        if row.get("type") == "apprise" and not ({"urls_env", "urls_file"} & set(row)):
            yield Mistake(file, f"channels.{number}.urls_env", "must be given, or urls_file")
    for number, row in enumerate(rows_of(raw, "routes")):
        named = row.get("channels")
        for name in named if isinstance(named, list) else ():
            if name not in channels:
                what = f"no channel {name!r}; there are: {', '.join(channels) or 'none'}"
                yield Mistake(file, f"routes.{number}.channels", what)


def _price_mistakes(prices: Mapping[str, Any], file: str) -> Iterable[Mistake]:
    given = listed(prices.get("provider", "yfinance"))
    if not isinstance(given, list | tuple):
        return  # told elsewhere
    names = [name for name in given if isinstance(name, str)]
    if "files" in names and not prices.get("dir"):
        what = 'must be given with provider = "files": a folder, or the web address of one'
        yield Mistake(file, "prices.dir", what)
    if "tiingo" in names and not {"key_env", "key_file"} & set(prices):
        what = 'must be given with provider = "tiingo", or key_file'
        yield Mistake(file, "prices.key_env", what)
    for name, count in Counter(names).items():
        if count > 1:
            yield Mistake(file, "prices.provider", f"{name!r} stands there {count} times")
    if prices.get("cross_check") is True and len(names) == 1:
        yield Mistake(file, "prices.cross_check", "needs a list of two or more providers")
    if prices.get("stream") is True and "yfinance" not in names:
        yield Mistake(file, "prices.stream", 'is there with provider = "yfinance" alone')
    if prices.get("stream") is True and _is_off(prices.get("quotes")):
        yield Mistake(file, "prices.stream", "needs quotes, which are switched off")


def _is_off(quotes: Any) -> bool:
    try:
        return quotes is not None and period(quotes) is None
    except ValueError:
        return False  # told elsewhere


def _study_mistakes(study: Mapping[str, Any], file: str) -> list[Mistake]:
    gap, window = study.get("gap", 11), study.get("window", (-1, 1))
    shaped = isinstance(window, list | tuple) and [type(one) for one in window] == [int, int]
    if not isinstance(gap, int) or not shaped:
        return []  # told elsewhere
    if not window[0] <= 0 <= window[1]:
        return [
            Mistake(file, "study.window", f"must hold session 0, as in [-1, 1]; it is {window}")
        ]
    if gap <= -window[0]:
        what = f"must be more than {-window[0]}, or the estimation overlaps the window; it is {gap}"
        return [Mistake(file, "study.gap", what)]
    return []


def rows_of(raw: Mapping[str, Any], table: str) -> Iterable[Mapping[str, Any]]:
    rows = raw.get(table, ())
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
