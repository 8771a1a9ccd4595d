"""The phrases by which parts of a text that are no content are found; see boilerplate.py.

In lower case, with bars between them. Where one has to stand, and how far its part reaches:

- within: anywhere in a sentence, which is the part
- start: at the beginning of a sentence, which is the part
- line: at the beginning of a line that is no longer than a caption; the line
- paren: right after a bracket; what is in the brackets
- names: at the beginning of a sentence, followed by nothing but names; up to the last of them
- list: after prose, as a heading with headlines under it, or before a colon and one headline
- contact: as a heading with short lines under it
- legal: in a heading, or in a sentence that such a notice begins with; the whole notice
- about: after prose, before the name of a company; the paragraph that tells what it is
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Where = Literal["within", "start", "line", "paren", "names", "list", "contact", "legal", "about"]


@dataclass(frozen=True, slots=True)
class Phrases:
    kind: str
    where: Where
    text: str

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in re.split(r"\||\n", self.text.strip()))


NEWSLETTER = Phrases(
    "newsletter",
    "start",
    """
    sign up for | sign up here | sign up to our | sign up to receive | sign up now
    sign up today | subscribe to our | subscribe to the | subscribe to receive | subscribe for
    subscribe here | subscribe now | subscribe today | get our app
    get our newsletter | get our free | get our best | get our daily | get the latest news
    get the latest updates | get more news | join our newsletter | join our mailing list
    join our community | join thousands of | never miss a story | never miss an update
    stay up to date with our | stay informed with | enter your email | thanks for signing up
    thank you for subscribing | you are receiving this | you're receiving this
    you received this | view this email | forward this email | view in browser
    manage your email | manage your newsletter | manage your subscription | manage preferences
    update your preferences | to unsubscribe | please enable javascript
    please disable your ad blocker
    """,
)
NEWSLETTER_WITHIN = Phrases(
    "newsletter",
    "within",
    """
    to your inbox | in your inbox | unsubscribe at any time | can unsubscribe | unsubscribe here
    this email was sent to | newsletter was forwarded to you | our daily newsletter
    our free newsletter | our weekly newsletter | our newsletter
    """,
)
CONSENT = Phrases(
    "consent",
    "within",
    """
    we use cookies | site uses cookies | website uses cookies | accept all cookies
    reject all cookies | cookie settings | cookie preferences | by continuing to use
    by continuing to browse | by clicking "accept | by clicking “accept | by clicking accept
    by clicking submit | by submitting your email | by signing up, you agree
    by subscribing, you agree | you agree to our | manage consent | your privacy choices
    do not sell or share my | do not sell my personal | our privacy policy | our privacy notice
    our terms of use | our terms of service | privacy policy and terms of
    terms of service apply
    """,
)
SUBSCRIPTION = Phrases(
    "subscription",
    "start",
    """
    already a subscriber | already a member | already have an account | log in to continue
    log in to read | sign in to continue | sign in to read | create a free account
    register for free | this article is for subscribers | this story is for subscribers
    this content is for subscribers | to continue reading | to read the full | continue reading
    you have reached your | you've reached your | unlock this article | unlock unlimited
    start your free trial | start a free trial | try unlimited access | subscribe to read
    subscribe to continue | subscribe to unlock | become a subscriber | become a member
    """,
)
SUBSCRIPTION_WITHIN = Phrases(
    "subscription",
    "within",
    """
    free articles remaining | free articles left | available to subscribers | this gift article
    """,
)
COPYRIGHT = Phrases(
    "copyright",
    "start",
    """
    © | copyright © | copyright (c) | copyright 19 | copyright 20 | (c) 20
    """,
)
COPYRIGHT_WITHIN = Phrases(
    "copyright",
    "within",
    """
    all rights reserved | may not be published, broadcast | may not be reproduced without
    may not be reproduced or redistributed | reproduction in whole or in part
    """,
)
CREDIT_LINE = Phrases(
    "credit",
    "line",
    """
    photo by | photos by | photo: | photo credit | photo illustration | photographer:
    photograph by | photograph: | image: | image by | image credit | image source | images:
    picture: | file photo | illustration by | cover photo | featured image
    """,
)
CREDIT = Phrases(
    "credit",
    "paren",
    """
    photo by | photos by | photo: | photo / | photo/ | photo credit | ap photo
    photo illustration | photograph by | photographer: | image: | image by | image credit
    image courtesy | photo courtesy | picture: | illustration by
    """,
)
REPORTERS = Phrases(
    "reporters",
    "names",
    """
    reporting by | additional reporting by | with reporting by | with additional reporting by
    writing by | written by | editing by | edited by | compiled by | translated by
    with assistance from | with contributions from
    """,
)
REPORTERS_WITHIN = Phrases(
    "reporters",
    "within",
    """
    contributed to this report | contributed to this story | contributed to this article
    contributed reporting | contact the reporter | contact the author | follow him on
    follow her on | follow them on
    """,
)
SHARE = Phrases(
    "share",
    "line",
    """
    share this | share via | share article | share: | follow us | follow the author
    click to share | click here | tap here | print this | email this | tweet this | copy link
    copy this link | add us as a preferred | make us preferred | download our app
    download the app | listen to this article | scroll to continue | skip advertisement
    advertisement | story continues below | article continues below | save this story
    back to top | view comments | leave a comment | comments (
    """,
)
FOLLOWING = Phrases(
    "share",
    "start",
    """
    follow us on | like us on | find us on | click here to | click here for | download our app
    """,
)
DISCLOSURE = Phrases(
    "disclosure",
    "start",
    """
    disclosure: | disclosures: | full disclosure: | disclaimer: | analyst's disclosure
    analyst’s disclosure | should you invest $ | should you buy stock in
    before you buy stock in | the author has no position | the author has positions
    the author holds shares | the author owns shares | the author does not own shares
    i have no business relationship | i/we have | i wrote this article myself
    """,
)
DISCLOSURE_WITHIN = Phrases(
    "disclosure",
    "within",
    """
    no position in any of the | no positions in any of the | has positions in and recommends
    have positions in and recommends | has a disclosure policy | does not own shares in any
    not investment advice | not financial advice | not constitute investment advice
    not constitute financial advice | not be construed as investment advice
    not be considered investment advice | not intended as investment advice
    for informational purposes only | for information purposes only | past performance is no
    past performance does not guarantee | past performance is not | consult a financial adviser
    consult a financial advisor | consult your financial adviser | consult your financial advisor
    do your own research before | opinions expressed are those of the | opinions expressed herein
    opinions expressed in this article | no stock, option or similar derivative
    stock advisor returns as of
    """,
)
ORIGIN = Phrases(
    "origin",
    "start",
    """
    this article was originally | this story was originally | this post was originally
    this article originally | this story originally | this post originally
    this article first appeared | this post first appeared | this story has been updated
    this article has been updated | this is a developing story | this is a breaking news story
    this report was produced by | this story was produced by | this article was produced by
    this article was generated | this story was generated | this content was produced by
    this content was created by | about the author | the post originally
    """,
)
LISTS = Phrases(
    "list",
    "list",
    """
    most read | most popular | most viewed | most shared | trending | trending now | popular now
    more from | more on this | more stories | more news | more headlines | related
    related stories | related articles | related news | related coverage | related content
    related reading | related topics | related posts | related links | read more | read next
    read also | also read | read now | see also | up next | what to read next | you may also like
    you might also like | you may like | recommended | recommended for you | recommended stories
    recommended reading | editors' picks | editors’ picks | editor's picks | editor’s picks
    don't miss | don’t miss | in case you missed it | further reading | from our partners
    sponsored | sponsored content | explore more | tags | topics
    """,
)
CONTACTS = Phrases(
    "contact",
    "contact",
    """
    contact | contacts | contact information | media contact | media contacts | media relations
    media inquiries | press contact | press contacts | investor contact | investor contacts
    investor relations | investor inquiries | for media inquiries
    """,
)
VISITS = Phrases(
    "contact",
    "start",
    """
    for more information, visit | for more information, please | for more information, contact
    for more information about | for further information, please | for further information, visit
    to learn more, visit | to learn more about | learn more at | learn more about our
    visit us at | additional information can be found
    """,
)
LEGAL = Phrases(
    "forward-looking",
    "legal",
    """
    forward-looking statement | forward-looking statements | forward looking statement
    forward looking statements | forward-looking information | safe harbor statement
    cautionary note | cautionary statement | cautionary statements
    """,
)
ABOUT = Phrases("about", "about", "about")

PHRASES = (
    *(NEWSLETTER, NEWSLETTER_WITHIN, CONSENT, SUBSCRIPTION, SUBSCRIPTION_WITHIN, COPYRIGHT),
    *(COPYRIGHT_WITHIN, CREDIT_LINE, CREDIT, REPORTERS, REPORTERS_WITHIN, SHARE, FOLLOWING),
    *(DISCLOSURE, DISCLOSURE_WITHIN, ORIGIN, LISTS, CONTACTS, VISITS, LEGAL, ABOUT),
)
