"""Pages in the layouts that news sites have, for tests. Every sentence is made up.

Each function gives the bytes of a page. The article is always the same one, `PARAGRAPHS` under
`HEADLINE`, so that a test can say what must be found, and what must not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

HEADLINE = "Northwind Metals wins loan for its second smelter"
SUMMARY = "The department lends 140 million dollars to Northwind Metals, its secretary said."
PARAGRAPHS = (
    "The Department of Industry has agreed to lend Northwind Metals 140 million dollars for a "
    "second smelter, its secretary said on Thursday, after two years of talks with the company.",
    "The smelter will stand beside the first one in the harbour of Port Ellis. Building is to "
    "begin in the autumn and to take thirty months, and the loan is paid out in five parts.",
    "Northwind refines a quarter of the gallium that is used in the country. Its shares rose by "
    "as much as 12% in the first hour of trading, the most since the spring of last year.",
    "A spokeswoman for the company said that it would hire 260 people for the new works, most of "
    "them from the region, and that contracts with two makers of chips had been signed already.",
    "Critics of the loan point out that the first smelter opened a year late. The secretary said "
    "that the department would keep back the last part until the furnace has run for six months.",
    "Two rivals had asked for the money as well. One of them said that it would go to court, "
    "since the terms had been changed after the day on which offers were due.",
)
NOT_OF_IT = (
    "Sign up for the evening letter and never miss a story from our desk again.",
    "Harbour pilots end their strike after nine days",
    "A beginner's guide to baking bread at altitude",
    "We use cookies to make this site work and to show you offers that may suit you.",
    "Share this article with your friends on the networks of your choice today.",
    "All rights reserved. Reproduction without leave in writing is not permitted.",
)
PUBLISHED = "2025-06-12T09:40:00-04:00"  # 13:40 UTC
MODIFIED = "2025-06-12T11:05:00-04:00"


def paragraphs(count: int | None = None, *, tag: str = "p") -> str:
    return "\n".join(f"<{tag}>{one}</{tag}>" for one in PARAGRAPHS[:count])


def ld(node: Mapping[str, Any] | list[Any]) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def node(**more: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": HEADLINE,
        "datePublished": PUBLISHED,
        "dateModified": MODIFIED,
        "author": [{"@type": "Person", "name": "Ada Quill"}],
        **more,
    }


def around(body: str, head: str = "", *, title: str = f"{HEADLINE} - The Ledger") -> bytes:
    """A body between the furniture that all pages of a site have."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/markets">Markets</a></li>
<li><a href="/world">World</a></li><li><a href="/subscribe">Subscribe</a></li></ul></nav></header>
{body}
<aside class="related"><h3>More from this desk</h3><ul>
<li><a href="/a/1">{NOT_OF_IT[1]}</a></li><li><a href="/a/2">{NOT_OF_IT[2]}</a></li></ul></aside>
<div class="newsletter-signup"><p>{NOT_OF_IT[0]}</p></div>
<div id="cookie-banner" role="dialog"><p>{NOT_OF_IT[3]}</p></div>
<footer><p>{NOT_OF_IT[5]}</p></footer></body></html>""".encode()


def news(head: str = "", text: str | None = None) -> bytes:
    """The commonest: an article element with a byline, and a box to share it."""
    return around(
        f"""<main><article><h1>{HEADLINE}</h1>
<div class="byline">By <a rel="author" href="/staff/quill">Ada Quill</a></div>
<div class="share-tools"><span>{NOT_OF_IT[4]}</span></div>
<div class="story-body">{paragraphs() if text is None else text}</div></article></main>""",
        head,
    )


def story(title: str, *text: str, head: str = "") -> bytes:
    """Another article than the usual one."""
    told = "".join(f"<p>{one}</p>" for one in text)
    return around(f"<main><article><h1>{title}</h1>{told}</article></main>", head, title=title)


def bodies() -> dict[str, str]:
    """The paragraphs in the dress that editors give them."""
    linked = paragraphs()
    for word in ("Northwind", "smelter", "company", "secretary"):
        linked = linked.replace(word, f'<a href="/topics/{word}">{word}</a>')
    return {
        "linked": linked,
        "a list": f"<ul>{paragraphs(tag='li')}</ul>",
        "headings": "".join(f"<h2>Part {n}</h2><p>{one}</p>" for n, one in enumerate(PARAGRAPHS)),
        "spans": "".join(f"<div><span>{one}</span></div>" for one in PARAGRAPHS),
        "quotes": f"<p>{PARAGRAPHS[0]}</p>" + paragraphs(tag="blockquote"),
        "strong": "".join(f"<p><strong>{one}</strong></p>" for one in PARAGRAPHS),
        "a table": f"<table>{''.join(f'<tr><td>{one}</td></tr>' for one in PARAGRAPHS)}</table>",
        "preformatted": "<pre>" + "\n\n".join(PARAGRAPHS) + "</pre>",
    }


OTHER = (
    "Harbour pilots in the north went back to work on Friday after nine days on strike, the union "
    "said in the evening, and the first ships left their moorings within the hour.",
    "The pilots had asked for nine percent and get five, with a sum paid at once to those of them "
    "who work at night.",
)


def neighbours() -> dict[str, str]:
    """The text with what stands in its midst, or follows it, and is not of it."""
    other = "".join(f"<p>{one}</p>" for one in OTHER)
    teasers = "".join(f'<div class="teaser"><h4><a href="/t">Pilots</a></h4>{other}</div>' * 3)
    related = f'<div class="inline-related"><h4>Related</h4><a href="/r">{NOT_OF_IT[1]}</a></div>'
    more = f'<p><a href="/m"><strong>READ MORE: {NOT_OF_IT[2]}</strong></a></p>'
    first, *rest = (f"<p>{one}</p>" for one in PARAGRAPHS)
    return {
        "related stories": f"{first}{related}{more}{''.join(rest)}",
        "teasers": f"{paragraphs()}<h3>More stories</h3>{teasers}",
        "comments": f'{paragraphs()}<div id="comments"><div class="comment">{other}</div></div>',
        "about the author": f'{paragraphs()}<div class="author-bio"><p>{OTHER[0]}</p></div>',
        "advertisements": paragraphs().replace("</p>", "</p><div>Advertisement</div>"),
    }


def plain_divs() -> bytes:
    """No article element, and paragraphs in divs of an old content system."""
    return around(
        f"""<table width="100%"><tr><td class="left"><a href="/x">Weather</a></td>
<td class="content"><h1>{HEADLINE}</h1><div id="articlebody">{paragraphs()}</div></td></tr>
</table>"""
    )


def one_form() -> bytes:
    """A content system that puts all of a page into a form, and has a small one to search with."""
    search = "<form><label>What are you looking for on these pages?</label><input></form>"
    body = f'<form id="Form" method="post"><h1>{HEADLINE}</h1><div>{paragraphs()}</div></form>'
    return around(f"{search}{body}")


def breaks() -> bytes:
    """All in one element, with line breaks in place of paragraphs."""
    text = "<br><br>".join(PARAGRAPHS)
    return around(f'<div class="entry-content"><h1>{HEADLINE}</h1><div>{text}</div></div>')


def amp(canonical: str) -> bytes:
    return f"""<!doctype html><html amp lang="en"><head><meta charset="utf-8">
<title>{HEADLINE}</title><link rel="canonical" href="{canonical}">
<script async src="https://cdn.example/v0.js"></script>{ld(node())}
<style amp-boilerplate>body{{visibility:hidden}}</style></head>
<body><amp-sidebar id="menu"><ul><li>{NOT_OF_IT[1]}</li></ul></amp-sidebar>
<main><article><h1>{HEADLINE}</h1><amp-img src="x.jpg" alt="A furnace"></amp-img>
{paragraphs()}</article></main><footer>{NOT_OF_IT[5]}</footer></body></html>""".encode()


def graph() -> bytes:
    """A graph of nodes that point at one another, the author elsewhere in it."""
    nodes = [
        {"@type": "WebSite", "@id": "https://ledger.example/#site", "name": "The Ledger"},
        {"@type": "Person", "@id": "https://ledger.example/#quill", "name": "Ada Quill"},
        node(author={"@id": "https://ledger.example/#quill"}, wordCount=190),
    ]
    return news(ld({"@context": "https://schema.org", "@graph": nodes}))


def paywall(visible: int, *, words: int | None = 1400) -> bytes:
    """Marked as not free; the rest is there for the eyes of subscribers and of search engines."""
    more = {"wordCount": words} if words else {}
    paid = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".paid"}
    hidden = "".join(f"<p>{one}</p>" for one in PARAGRAPHS[visible:])
    body = " ".join(PARAGRAPHS)
    head = ld(node(isAccessibleForFree=False, hasPart=paid, articleBody=body, **more))
    return news(
        head,
        f"""{paragraphs(visible)}<div class="paywall"><p>Subscribe to continue reading.</p>
<p>Already a subscriber? Log in.</p></div><div class="paid" hidden>{hidden}</div>""",
    )


def unmarked_paywall() -> bytes:
    """Nothing in its data says so; two paragraphs, and a gate."""
    gate = "Create a free account to continue reading this and other stories of the day."
    return news(text=f'{paragraphs(1)}<div class="reg-wall" id="gate"><h2>{gate}</h2></div>')


def consent(*, times: int = 1, form: str = "form") -> bytes:
    text = times * (
        "Before you continue: we and our 812 partners store cookies on your device and use "
        "personal data. With your consent we show personalised ads. You may accept all, reject all "
        "or manage your preferences. Our privacy policy says more on cookies and on legitimate "
        "interest."
    )
    return f"""<html><head><title>Before you continue</title></head><body><{form} action="/save">
<h1>Your privacy</h1><p>{text}</p><button>Accept all</button><button>Reject all</button></{form}>
</body></html>""".encode()


def challenge() -> bytes:
    return b"""<html><head><title>Just a moment...</title></head><body><div id="challenge-stage">
<h2>Verify you are human by completing the action below.</h2><noscript>Enable JavaScript and cookies
to continue</noscript></div><script src="/captcha/api.js"></script></body></html>"""


def missing() -> bytes:
    return around(
        "<main><h1>Page not found</h1><p>The story you asked for is no longer here. Try the "
        "search, or start again from our front page.</p></main>",
        title="Page not found - The Ledger",
    )


def login() -> bytes:
    return b"""<html><head><title>Sign in</title></head><body><form><h1>Welcome back</h1>
<input name="mail"><input name="word" type="password"><button>Sign in</button></form></body>
</html>"""


def index() -> bytes:
    stories = "".join(
        f'<li><h3><a href="/s/{n}">Story {n} of the day has a headline like this</a></h3></li>'
        for n in range(24)
    )
    return around(
        f"<main><h1>Markets</h1><ul>{stories}</ul></main>",
        ld({"@context": "https://schema.org", "@type": "CollectionPage", "name": "Markets"}),
        title="Markets - The Ledger",
    )


def live_blog() -> bytes:
    posts = "".join(
        f"<section><h3>{n}:05</h3><p>{PARAGRAPHS[n % 6]}</p></section>" for n in range(9)
    )
    head = ld(node() | {"@type": ["LiveBlogPosting", "NewsArticle"]})
    return around(f"<main><article><h1>{HEADLINE}</h1>{posts}</article></main>", head)


def gallery() -> bytes:
    figures = "".join(
        f'<figure><img src="{n}.jpg"><figcaption>{PARAGRAPHS[n]}</figcaption></figure>'
        for n in range(4)
    )
    return around(f"<main><article><h1>{HEADLINE}</h1>{paragraphs(2)}{figures}</article></main>")


def script_only(*, body: bool) -> bytes:
    """An application: the words come by script, or in its data."""
    more = {"articleBody": "\n\n".join(PARAGRAPHS)} if body else {}
    return f"""<!doctype html><html><head><title>{HEADLINE}</title>{ld(node(**more))}</head>
<body><div id="root"></div><script src="/app.js"></script></body></html>""".encode()


def onward(to: str) -> bytes:
    """A page of an aggregator that is there to lead on."""
    return f"""<html><head><title>{HEADLINE}</title></head><body><a href="{to}">Opening …</a>
<script>window.location.replace("{to}")</script></body></html>""".encode()


def right_to_left() -> bytes:
    words = "أعلنت وزارة الصناعة يوم الخميس عن قرض بقيمة مئة وأربعين مليون دولار لشركة المعادن"
    text = "".join(f"<p>{words} {n} {words} {n} {words}</p>" for n in range(1, 5))
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{words}</title></head><body><article><h1>{words}</h1>\u202b{text}\u202c</article></body>
</html>""".encode()


def latin_1() -> bytes:
    text = "".join(f"<p>{one} Das sagte Herr Müller in Köln.</p>" for one in PARAGRAPHS)
    return f"""<html><head><title>{HEADLINE}</title></head><body><article><h1>{HEADLINE}</h1>{text}
</article></body></html>""".encode("latin-1")


def huge(rows: int = 4000) -> bytes:
    cells = "".join(f"<tr><td>{n}</td><td>{n * 7}</td><td>row</td></tr>" for n in range(rows))
    return news(text=f"{paragraphs()}<table>{cells}</table>")


def deep(levels: int = 50_000) -> bytes:
    return b"<html><body>" + b"<div>" * levels + paragraphs().encode() + b"</body></html>"
