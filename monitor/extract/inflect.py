"""The forms of English verbs and nouns that news uses: a small table and the regular rules."""

from __future__ import annotations

VOWELS = "aeiou"
# base: (past, past participle); the same where the two are one
IRREGULAR_VERBS = {
    "be": ("was", "been"), "become": ("became", "become"), "begin": ("began", "begun"),
    "bring": ("brought", "brought"), "build": ("built", "built"), "buy": ("bought", "bought"),
    "cancel": ("canceled", "cancelled"), "choose": ("chose", "chosen"),
    "come": ("came", "come"), "cut": ("cut", "cut"),
    "deal": ("dealt", "dealt"), "do": ("did", "done"), "draw": ("drew", "drawn"),
    "drive": ("drove", "driven"), "fall": ("fell", "fallen"), "feed": ("fed", "fed"),
    "find": ("found", "found"), "forbid": ("forbade", "forbidden"), "freeze": ("froze", "frozen"),
    "get": ("got", "got"), "give": ("gave", "given"), "go": ("went", "gone"),
    "grow": ("grew", "grown"), "have": ("had", "had"), "hit": ("hit", "hit"),
    "hold": ("held", "held"), "keep": ("kept", "kept"), "lead": ("led", "led"),
    "leap": ("leapt", "leapt"), "lend": ("lent", "lent"), "leave": ("left", "left"),
    "let": ("let", "let"), "lose": ("lost", "lost"), "make": ("made", "made"),
    "pay": ("paid", "paid"), "put": ("put", "put"), "rise": ("rose", "risen"),
    "quit": ("quit", "quit"), "run": ("ran", "run"), "say": ("said", "said"),
    "see": ("saw", "seen"),
    "seek": ("sought", "sought"), "sell": ("sold", "sold"), "set": ("set", "set"),
    "shed": ("shed", "shed"), "shrink": ("shrank", "shrunk"), "shut": ("shut", "shut"),
    "sink": ("sank", "sunk"), "slide": ("slid", "slid"), "speak": ("spoke", "spoken"),
    "spend": ("spent", "spent"), "split": ("split", "split"), "stand": ("stood", "stood"),
    "strike": ("struck", "struck"), "swing": ("swung", "swung"), "take": ("took", "taken"),
    "tell": ("told", "told"), "throw": ("threw", "thrown"), "win": ("won", "won"),
    "withdraw": ("withdrew", "withdrawn"), "withhold": ("withheld", "withheld"),
    "write": ("wrote", "written"), "undo": ("undid", "undone"), "think": ("thought", "thought"),
    "arise": ("arose", "arisen"), "bear": ("bore", "borne"), "beat": ("beat", "beaten"),
    "bid": ("bid", "bid"), "bind": ("bound", "bound"), "bite": ("bit", "bitten"),
    "blow": ("blew", "blown"), "break": ("broke", "broken"), "burst": ("burst", "burst"),
    "cast": ("cast", "cast"), "catch": ("caught", "caught"), "cling": ("clung", "clung"),
    "creep": ("crept", "crept"), "dig": ("dug", "dug"), "dive": ("dived", "dived"),
    "drink": ("drank", "drunk"), "eat": ("ate", "eaten"), "feel": ("felt", "felt"),
    "fight": ("fought", "fought"), "flee": ("fled", "fled"), "fly": ("flew", "flown"),
    "forecast": ("forecast", "forecast"), "forgo": ("forwent", "forgone"),
    "grind": ("ground", "ground"), "hear": ("heard", "heard"), "hide": ("hid", "hidden"),
    "hurt": ("hurt", "hurt"), "know": ("knew", "known"), "lay": ("laid", "laid"),
    "light": ("lit", "lit"), "mean": ("meant", "meant"), "meet": ("met", "met"),
    "mislead": ("misled", "misled"), "offset": ("offset", "offset"),
    "outbid": ("outbid", "outbid"), "outdo": ("outdid", "outdone"),
    "overcome": ("overcame", "overcome"), "oversee": ("oversaw", "overseen"),
    "overtake": ("overtook", "overtaken"), "overthrow": ("overthrew", "overthrown"),
    "rebuild": ("rebuilt", "rebuilt"), "redo": ("redid", "redone"), "repay": ("repaid", "repaid"),
    "resell": ("resold", "resold"), "reset": ("reset", "reset"), "ride": ("rode", "ridden"),
    "rip": ("ripped", "ripped"), "send": ("sent", "sent"), "shake": ("shook", "shaken"),
    "shine": ("shone", "shone"), "shoot": ("shot", "shot"), "show": ("showed", "shown"),
    "spin": ("spun", "spun"), "spread": ("spread", "spread"), "stall": ("stalled", "stalled"),
    "steal": ("stole", "stolen"), "stick": ("stuck", "stuck"), "sting": ("stung", "stung"),
    "swear": ("swore", "sworn"), "swell": ("swelled", "swollen"), "teach": ("taught", "taught"),
    "tear": ("tore", "torn"), "undercut": ("undercut", "undercut"),
    "undergo": ("underwent", "undergone"), "undertake": ("undertook", "undertaken"),
    "unwind": ("unwound", "unwound"), "uphold": ("upheld", "upheld"), "wear": ("wore", "worn"),
    "weep": ("wept", "wept"), "wind": ("wound", "wound"), "wring": ("wrung", "wrung"),
    "overpay": ("overpaid", "overpaid"), "underbid": ("underbid", "underbid"),
    "broadcast": ("broadcast", "broadcast"), "rethink": ("rethought", "rethought"),
    "slip": ("slipped", "slipped"), "upset": ("upset", "upset"), "spring": ("sprang", "sprung"),
}  # fmt: skip
# verbs of two syllables or more that double their last letter all the same
DOUBLING = {"permit", "commit", "defer", "refer", "bar", "admit", "submit", "transfer", "prefer"}
IRREGULAR_NOUNS = {"man": "men", "woman": "women", "person": "people", "criterion": "criteria"}


def verb_forms(verb: str) -> tuple[str, ...]:
    """All forms of a verb; of a phrasal one ("put off") with the particle kept: base first."""
    head, _, tail = verb.partition(" ")
    rest = f" {tail}" if tail else ""
    return tuple(dict.fromkeys(form + rest for form in _verb(head)))


def noun_forms(noun: str) -> tuple[str, ...]:
    """Singular and plural; of a compound ("export control") its last word's."""
    lead, _, head = noun.rpartition(" ")
    start = f"{lead} " if lead else ""
    return tuple(dict.fromkeys((start + head, start + _plural(head))))


def word_forms(word: str) -> tuple[str, ...]:
    """Any form a word can take, as a verb or a noun."""
    return tuple(dict.fromkeys((*noun_forms(word), *verb_forms(word))))


def _verb(base: str) -> tuple[str, ...]:
    past, participle = IRREGULAR_VERBS.get(base, (_stem(base, "ed"), _stem(base, "ed")))
    return (base, _plural(base), past, participle, _stem(base, "ing"))


def _plural(word: str) -> str:
    if word in IRREGULAR_NOUNS:
        return IRREGULAR_NOUNS[word]
    if word == "have":
        return "has"
    if word.endswith(("s", "x", "z", "ch", "sh")) or word in {"go", "do", "veto", "embargo"}:
        return word + "es"
    if word.endswith("y") and len(word) > 1 and word[-2] not in VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _stem(base: str, ending: str) -> str:
    if ending == "ing" and base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not (ending == "ing" and base.endswith(("ee", "oe", "ye"))):
        return base[:-1] + ending
    if base.endswith("y") and ending == "ed" and len(base) > 1 and base[-2] not in VOWELS:
        return base[:-1] + "ied"
    if _doubles(base):
        return base + base[-1] + ending
    return base + ending


def _doubles(base: str) -> bool:
    """One short vowel between two consonants at the end ("ban"); "qu" begins like a consonant."""
    if base in DOUBLING:
        return True
    core = base.replace("qu", "q")
    if len(core) < 3 or core[-1] in VOWELS + "wxy" or core[-2] not in VOWELS:
        return False
    return core[-3] not in VOWELS and sum(letter in VOWELS for letter in core) == 1
