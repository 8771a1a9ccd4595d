"""By what words walls are known, whoever builds them: data for walls.py.

Each is looked for without regard to case. A phrase counts only beside another sign (a short text,
an end that is missing, a form to sign in), so it may be one that an article could use.
"""

from __future__ import annotations

import re

_PAYWALL = (
    r"subscribe(?: now)? (?:to|and) (?:continue|keep|read|unlock|get (?:full|unlimited) access)",
    r"(?:to|please) (?:continue|keep) reading,? "
    r"(?:this|please|you|log|sign|subscribe|register|with)",
    r"to (?:continue|keep) reading(?:\s*[.…]|$)",
    r"(?:continue|keep) reading (?:your article |this article )?(?:with|for) (?:a|just|only|free)",
    r"already (?:a|have a|an?) (?:paid |digital )?(?:subscriber|subscription|member|account)\b",
    r"(?:is|are) (?:only |exclusively )?(?:available (?:only )?(?:to|for)|for|reserved for|"
    r"exclusive to) (?:our |paid |paying |premium |registered )*(?:subscribers|members)\b",
    r"subscribers?[- ]only\b",
    r"(?:become|join as) a (?:subscriber|member) to",
    r"unlock (?:this|the full|full|unlimited) (?:article|story|access|content)",
    r"(?:register|sign up|create (?:a|your) (?:free )?account)(?: for free)? "
    r"to (?:continue|keep|read)",
    r"(?:log|sign) in or (?:subscribe|register)",
    r"you(?:'|’)?(?: ha)?ve (?:reached|used|read) (?:your|all|the last)[\w\s]{0,24}(?:free|limit)",
    r"(?:start|begin) your (?:free )?(?:trial|subscription)",
    r"this (?:article|story|content) (?:requires|needs) a(?:n? \w+)? (?:subscription|account)",
    r"abonnieren sie,? um|nur für (?:abonnenten|abonnentinnen)|jetzt weiterlesen mit",
    r"(?:réservé|reservé) aux abonnés|abonnez-vous pour (?:lire|continuer)",
    r"(?:solo|exclusivo) para suscriptores|suscríb[ae]te para (?:leer|seguir|continuar)",
    r"contenuto riservato agli abbonati|abbonati per (?:leggere|continuare)",
)
_CHALLENGE = (
    r"verify(?:ing)? (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)",
    r"are you (?:a (?:human|robot)|human)\b",
    r"checking (?:your|if the site) (?:browser|connection)",
    r"enable javascript and cookies to continue",
    r"please (?:enable|turn on) (?:javascript|js) and (?:disable|turn off)",
    r"(?:unusual|suspicious|automated) (?:traffic|activity|requests?) (?:from|on|coming)",
    r"(?:complete|solve) the (?:captcha|challenge|puzzle|security check)",
    r"press (?:&|and) hold to confirm",
    r"you have been blocked|access (?:to this page )?has been denied|\baccess denied\b",
    r"just a moment\b|attention required|security check",
    r"pardon our interruption|request unsuccessful",
)
_MISSING = (
    r"^(?:error )?404\b|\b404 (?:error|not found|page)",
    r"(?:page|article|story|content) (?:was |is |has been |could |can)?"
    r"(?:not|n(?:'|’)t) (?:be )?found",
    r"(?:page|article|story|content) (?:does not|doesn(?:'|’)t|no longer) exist",
    r"(?:page|article|story|content)[\w\s]{0,24}(?:no longer|not|un|isn(?:'|’)t) ?available",
    r"(?:page|article|story|content) (?:has been|was) (?:removed|deleted|moved)",
    r"(?:can(?:'|’)t|cannot|couldn(?:'|’)t|could not) find (?:that|the|this|what)",
    r"^(?:page )?not found$|^gone$",
    r"seite nicht gefunden|page introuvable|página no encontrada|pagina non trovata",
)
# stems of which the talk of cookies is full
_CONSENT = (
    r"cookies?|consent\w*|privacy|gdpr|ccpa|opt[- ]?out|vendors?|legitimate interests?"
    r"|personali[sz]ed (?:ads?|advertising|content)|personal data|preferences|accept all|reject all"
    r"|datenschutz\w*|einwillig\w*|zustimm\w*|consentement|confidentialité|consentimiento|privacidad"
)
PAYWALL = re.compile("|".join(_PAYWALL), re.IGNORECASE)
CHALLENGE = re.compile("|".join(_CHALLENGE), re.IGNORECASE)
MISSING = re.compile("|".join(_MISSING), re.IGNORECASE | re.MULTILINE)
CONSENT = re.compile(rf"\b(?:{_CONSENT})\b", re.IGNORECASE)

# of ids and classes
PAYWALL_MARK = re.compile(
    r"(?:^|[\s_-])(?:pay|reg|subscri(?:be|ption|ber)|premium|meter)[_-]?(?:wall|gate|barrier)"
    r"|(?:^|[\s_-])subscribers?[_-]only|(?:^|[\s_-])premium[_-]content"
    r"|(?:content|article)[_-](?:gate|barrier|locked)|piano[_-]",
    re.IGNORECASE,
)
# posts of a live blog, of which there are many
LIVE_MARK = re.compile(r"(?:^|[\s_-])live[_-]?(?:blog|update|post|entry)", re.IGNORECASE)
# what stands beside every article of a site
FURNITURE_MARK = re.compile(
    r"(?:^|[\s_-])(?:newsletter|cookies?|consent|shar(?:e|ing)|social|related|recommend(?:ed|ations)?"
    r"|promo|sign-?up|trending|most-?read)(?:[\s_-]|$)",
    re.IGNORECASE,
)
CHALLENGE_MARK = re.compile(
    r"captcha|challenge|human[_-]verif|bot[_-]?(?:check|detect)", re.IGNORECASE
)

# first labels of hosts, and parts of paths, where a reader is asked something first
CONSENT_HOSTS = frozenset({"consent", "consents", "cmp", "privacy", "gdpr", "guce", "cookies"})
CONSENT_PATHS = frozenset({"consent", "collectconsent", "cookie-consent", "cookiewall", "gdpr"})
LOGIN_PATHS = frozenset(
    {"login", "log-in", "signin", "sign-in", "sso", "auth", "register", "subscribe", "account"}
)
