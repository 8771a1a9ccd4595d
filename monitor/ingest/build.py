"""Rows of `[[sources]]` and the rules → what is polled. A row may become several sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from monitor.config.sources import (
    AnySource,
    EdgarConfig,
    FederalRegisterConfig,
    FeedConfig,
    GdeltConfig,
    GoogleNewsConfig,
    WarGovConfig,
)
from monitor.errors import ConfigError, Mistake
from monitor.ingest.primary.edgar import Edgar
from monitor.ingest.primary.federal_register import FederalRegister
from monitor.ingest.primary.gdelt import Gdelt
from monitor.ingest.primary.gdelt_query import questions_of, written_term
from monitor.ingest.primary.google_news import GoogleNews
from monitor.ingest.primary.war_gov import WarGov
from monitor.ingest.sources import Feed, Parse, Source
from monitor.rules import RuleSet
from monitor.rules.entities import Entity

BETWEEN = ": "  # the name of a row and that of an entity
NOBODY = "no entity is meant: what has no symbol is not watched, and wants `watched = false`"
Rows = Sequence[AnySource]


def sources_of(
    rows: Rows,
    rules: RuleSet,
    watched: Sequence[str],
    parse: Parse,
    *,
    contact: str = "",
    file: str = "configuration",
) -> tuple[Source, ...]:
    """Everything that is polled, under unique names. Raises ConfigError with all that is wrong.

    `watched` are symbols, `contact` is the address that publishers can write to, `file` is where
    the rows stand.
    """
    found: list[Source] = []
    mistakes: list[Mistake] = []
    for number, row in enumerate(rows):
        making = _Making(row, rules, watched, parse, contact)
        found += making.sources()
        mistakes += [Mistake(file, f"sources.{number}{key}", what) for key, what in making.wrong]
    for name, count in Counter(source.name for source in found).items():
        if count > 1:
            mistakes.append(Mistake(file, "sources", f"{count} come to have the name {name!r}"))
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(found)


def row_of(name: str, rows: Rows) -> AnySource:
    """The row that a source was made of. KeyError where none is."""
    named = {row.name: row for row in rows}
    if name in named:
        return named[name]
    # a row's own name may have the sign between in it: the longest is meant
    parts = name.split(BETWEEN)
    for length in range(len(parts) - 1, 0, -1):
        row = named.get(BETWEEN.join(parts[:length]))
        if isinstance(row, GoogleNewsConfig):
            return row
    raise KeyError(name)


class _Making:
    """The sources of one row, and what is wrong with it: (".key", what)."""

    def __init__(
        self, row: AnySource, rules: RuleSet, watched: Sequence[str], parse: Parse, contact: str
    ) -> None:
        self.wrong: list[tuple[str, str]] = []
        self._row = row
        self._rules = rules
        self._watched = watched
        self._parse = parse
        self._contact = contact

    def sources(self) -> list[Source]:
        row = self._row
        if isinstance(row, FeedConfig):
            return [Feed(row.name, row.url, row.outlet, self._parse)]
        if isinstance(row, FederalRegisterConfig):
            register = FederalRegister(
                row.name,
                terms=row.terms,
                agencies=row.agencies,
                types=row.types,
                inspection=row.inspection,
            )
            return [replace(register, url=row.url) if row.url else register]
        if isinstance(row, EdgarConfig):
            return [self._edgar(row)]
        if isinstance(row, WarGovConfig):
            site = WarGov(row.name, row.what, parse=self._parse)
            return [replace(site, site=row.url.rstrip("/")) if row.url else site]
        if isinstance(row, GdeltConfig):
            return [self._gdelt(row)]
        return list(self._google_news(row))

    def _edgar(self, row: EdgarConfig) -> Edgar:
        if "@" not in self._contact:
            what = "needs [poll] contact, a name and mail address: the SEC turns others away"
            self.wrong.append((".kind", what))
        edgar = Edgar(
            row.name,
            self._contact,
            symbols=row.symbols or (() if row.ciks else tuple(self._watched)),
            ciks=row.ciks,
            forms=row.forms,
            parse=self._parse,
        )
        if row.url:
            edgar = replace(edgar, site=row.url.rstrip("/"))
        return replace(edgar, data=row.data_url.rstrip("/")) if row.data_url else edgar

    def _gdelt(self, row: GdeltConfig) -> Gdelt:
        for number, term in enumerate(row.terms):
            if written_term(term) is None:
                self.wrong.append((f".terms.{number}", f"{term!r} is too short for GDELT"))
        named = bool(row.entities or row.types)
        entities = self._entities(row) if named or not row.terms else []
        asked = questions_of((*row.terms, *(one.name for one in entities)), row.only)
        if not asked.questions and not self.wrong:
            self.wrong.append((".terms", "there is nothing to ask for"))
        gdelt = Gdelt(row.name, asked.questions, asked.left_out)
        return replace(gdelt, url=row.url) if row.url else gdelt

    def _google_news(self, row: GoogleNewsConfig) -> Iterator[GoogleNews]:
        entities = self._entities(row)
        if not entities and not self.wrong:
            self.wrong.append((".types", NOBODY))
        for entity in entities:
            if "{symbol" in row.query and entity.symbol is None:
                self.wrong.append((".query", f"wants a symbol, and {entity.name} has none"))
                continue
            news = GoogleNews(
                f"{row.name}{BETWEEN}{entity.name}",
                row.query.format(name=entity.name, symbol=entity.symbol),
                row.hl,
                row.gl,
                row.ceid or f"{row.gl}:{row.hl.partition('-')[0]}",
                parse=self._parse,
            )
            yield replace(news, url=row.url) if row.url else news

    def _entities(self, row: GdeltConfig | GoogleNewsConfig) -> list[Entity]:
        """Those that a row names, and those of its types; companies where it says neither."""
        known = self._rules.entities
        for name in row.entities:
            if name not in known:
                self.wrong.append((".entities", f"no entity {name!r} is in the rules"))
        types = row.types or (() if row.entities else ("company",))
        chosen: Iterable[Entity] = (
            entity
            for entity in known.values()
            if entity.type in types and (not row.watched or entity.symbol in self._watched)
        )
        named = [known[name] for name in row.entities if name in known]
        return list({entity.id: entity for entity in (*named, *chosen)}.values())
