"""The names by which Slack tells us what was pressed or sent; the manifest and the door know them.

A name is an interface: a card that was posted a year ago still sends the old ones.
"""

from __future__ import annotations

import enum

COMMAND = "/impact"


class Shortcut(enum.StrEnum):
    """Entries of Slack's menus."""

    IMPACT = "customer_impact"  # of a message: open a review, or the one that is there
    EVIDENCE = "customer_evidence"  # of a message: keep what a customer said
    NEW = "customer_impact_new"  # global: write a proposal


class Window(enum.StrEnum):
    """Windows that can be sent: the callback ids of modals."""

    PROPOSE = "propose"
    ANSWER = "answer"
    EVIDENCE = "evidence"  # written by hand, for one review
    HEARD = "heard"  # kept from a message
    CONSENT = "consent"
    DECIDE = "decide"
    INAPPLICABLE = "inapplicable"
    WAIVE = "waive"
    ASSIGN = "assign"
    REVIEWER = "reviewer"
    TIER = "tier"
    DUE = "due"
    LINK = "link"
    DISMISS = "dismiss"
    LOADING = "loading"  # stands while the right one is made; it cannot be sent
    SAID = "said"  # says something; it cannot be sent


class Press(enum.StrEnum):
    """What can be pressed on a card, in a window or on the App Home: action ids.

    The value of a button is the reference of a review, unless it says otherwise.
    """

    ANSWER = "answer"
    EVIDENCE = "evidence"
    CONSENT = "consent"
    DECIDE = "decide"
    MORE = "more"  # a menu: its value is `<window>` and the block id names the review
    LINK_YES = "link_yes"  # `<ref of the proposal> <ref of the pull request>`
    LINK_NO = "link_no"  # the same
    REINSTATE = "reinstate"
    STEP = "step"  # in the wizard: the number of the step
    OPTIONAL = "optional"  # in the wizard: show or hide what is not needed
    EXAMPLES = "examples"  # in the wizard: show or hide good and bad examples
    SWITCHES = "switches"  # in the opening window: what was ticked changed
    OVERLAYS = "overlays"  # the same for kinds of change
    PAGE = "page"  # on the App Home: the number of the page
    NEW = "new"  # on the App Home: write a proposal
