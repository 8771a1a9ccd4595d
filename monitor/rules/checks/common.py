"""Names that everyday text is full of: such a name needs a condition.

There is no kept-up source of word frequencies to lean on: `wordfreq` has been closed, spaCy's small
models carry no probabilities, and a dictionary knows "terbium" as well as "target", so that being
in one says nothing about being common. What is at hand is better than it looks: the words by which
the rules themselves recognise events and statuses are words of ordinary news by trade; the table
below has the everyday words that are names of companies as well; and first and last names are
data, in the word lists `first-names` and `last-names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Language
from monitor.rules.checks.names import Name

# word lists that the program asks for by their ids
MEND = "give it `needs` (or `refuse`), or move it to `short`, which a full name introduces"
FIRST_NAMES, LAST_NAMES, COMMON_WORDS = "first-names", "last-names", "common-words"
EVERYDAY = """
a able about above across act action active add advance after again age agency air all ally also
am an anchor and any apple arch are area arm army art as ask asset at away back ball band bank bar
base bay be beach bear best better big bill bit black block blue board body bold book boot border
boss both box brand bridge bright broad bull burn business but buy by call camp can car card care
carry case cash cast catch cell center central chain chair chance change charge charter chase
check chief choice church circle city class clean clear close cloud club coach coast code cold
come common compass congress cook core corner cost could country course court cover cross crown
current cut dark data dawn day deal dear deep delta desk did direct discovery do door down drive
drop dry due duty each eagle early earth east easy edge editor element elevate end energy equal
era even ever every eye face fact fair fall family far farm fast father field figure file final
find fire firm first fish five fix flag flat flow fly focus food foot for force form fortune
forward four fox free fresh friend from front fuel full future gain game gap gas gate general get
giant give global go gold good grand grant graph gray great green grid ground group grow guard
guide had half hall hand harbor hard has have he head health heart help her here high hill him his
hit hold home hope horizon hospital host hot hour house how ice idea if impact in insight interior
into iron is island it its job joint journal judge jump just justice keep key kind king know labor
lake land large last late law lead leader league learn leave left legacy less let level liberty
life lift light like limited line lion list little live local lock long look loop loss lot love
low lucky made magnet main major make man many march margin mark market mass master match matter
may me mean media meet men merit metal might mile mill mine mint mission mobile model modern
moment money monitor month moon more most mother motion mountain move much must my name nation
national nature near need net never new news next night no noble north not note now number oak
object ocean of off office oil old on once one only open option or orange order origin other our
out over own page paper park part party pass path patriot pay peak people perfect person phone
pioneer place plan planet plant play point polar police policy pool port post pound power premier
present president press price pride prime pro process progress project promise public pure put
quality quest quick race radio rail rain range rapid rate read real record red reform region
report republic rest result rich right ring rise river road rock rocket room root rose round royal
rule run safe sage said sale salt same sand save say school science scout sea second section see
seed self sell senate senior service set seven shall shape share she shell shield shift ship shop
short show side sign silver simple since site six sky small smart snap so social solid some son
sound source south space spark speed spirit spring sprint square stage stand standard star start
state station steel step stock stone stop store storm story strategy street stride strong study
success summit sun super sure surface swift system table take talk target team tech tell ten test
than that the their them then there these they thing think this those three through time tin title
to today together toll too top touch tower town track trade train transfer treasury tree trend
tribune trinity true trust try turn two under union unit united unity universal up upstart us use
valley value venture very via victory view village virtue visa vision vista voice vote wait walk
wall war was watch water wave way we weather web week well were west what wheel when where which
while white who whole why will wind window wing winter wise wish with wolf woman wood word work
world would year yellow yes yet you young zone zoom
"""


def too_common(rules: RuleSet, names: Sequence[Name], language: Language) -> Iterator[Finding]:
    """Aliases of one word that the writer has put no condition on, and that mean much else."""
    trade = _words_of_the_trade(rules, language)
    everyday = frozenset(EVERYDAY.split()) | _listed(rules, COMMON_WORDS, language)
    lists = [(_listed(rules, FIRST_NAMES, language), "a first name")]
    lists += [(_listed(rules, LAST_NAMES, language), "a last name")]
    lists += [(everyday, "an everyday word")]
    for name in names:
        if name.kind != "alias" or name.conditioned:
            continue
        what = _length(name.folded) or next(
            (why for words, why in lists if name.folded in words), ""
        )
        if not what and name.folded in trade and name.entity.type != "material":
            what = "a word by which the rules recognise events"
        acronym = len(name.folded) > 2 and name.exact is not None and name.exact.isupper()
        if what and not acronym:
            yield Finding(
                "too-common",
                "error" if len(name.folded) == 1 else "warning",
                "entity",
                name.entity.id,
                name.key,
                f"{name.text!r} is {what}, and counts wherever it stands",
                MEND,
            )


def _length(folded: str) -> str:
    letters = sum(letter.isalnum() for letter in folded)
    return f"of {letters} letter{'s' if letters > 1 else ''}" if letters <= 2 else ""


def _listed(rules: RuleSet, name: str, language: Language) -> frozenset[str]:
    listed = rules.words.get(name)
    return frozenset(map(language.fold, listed.words)) if listed else frozenset()


def _words_of_the_trade(rules: RuleSet, language: Language) -> frozenset[str]:
    """The single words of patterns and cues, in small letters there: "grant", "award"."""
    members: list[str] = []
    for rule in rules.events.values():
        for pattern in rule.patterns:
            members += (*pattern.verbs, *pattern.nouns, *pattern.phrases)
            members += (word for group in (*pattern.needs, *pattern.context) for word in group)
            members += (word for group in (*pattern.before, *pattern.after) for word in group)
    members += (word for cue in rules.cues.values() for word in cue.words)
    plain = (word.removeprefix("=") for word in members if word[0] not in "#@")
    return frozenset(
        language.fold(word) for word in plain if " " not in word and word == word.lower()
    )
