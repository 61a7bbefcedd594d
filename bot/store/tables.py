"""The tables. Every row carries its tenant; times are UTC; ids that end in _id point by number.

Personal data of the ledger stands beside its chain (`actor`, `salt`), so that erasing it leaves
the chain valid.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.columns import TENANT as TENANT
from bot.store.columns import Id, UTCDateTime, table
from bot.store.columns import metadata as metadata
from bot.store.draft_tables import draft_answer as draft_answer
from bot.store.draft_tables import llm_call as llm_call
from bot.store.page_tables import numbers as numbers
from bot.store.page_tables import session as session
from bot.store.slack_tables import card as card
from bot.store.slack_tables import channel as channel
from bot.store.slack_tables import link_code as link_code
from bot.store.slack_tables import part as part
from bot.store.slack_tables import proposal_link as proposal_link
from bot.store.slack_tables import slack_person as slack_person
from bot.store.slack_tables import voice as voice
from bot.store.slack_tables import voice_vector as voice_vector

tenant = Table(
    "tenant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
)

installation = table(
    "installation",
    Column("id", Id, primary_key=True, autoincrement=False),  # GitHub's own id
    Column("account", String(100), nullable=False, default=""),
    Column("bot_user_id", Id),  # learnt from the first comment that we posted
    Column("removed_at", UTCDateTime),
)

repository = table(
    "repository",
    Column("id", Id, primary_key=True, autoincrement=False),  # GitHub's own id
    Column("installation_id", Id, ForeignKey("installation.id"), nullable=False),
    Column("full_name", String(250), nullable=False),
    Column("private", Boolean, nullable=False, default=False),
    Column("default_branch", String(250), nullable=False, default="main"),
    Column("required", String(20), nullable=False, default=""),  # what the branch rules say
    Column("required_at", UTCDateTime),  # when they were read
    Column("swept_at", UTCDateTime),  # when its open pull requests were last gone through
)

# Whose a repository is: what its CODEOWNERS says, and its teams on GitHub, the strongest first.
ownership = table(
    "ownership",
    Column("repository_id", Id, ForeignKey("repository.id"), primary_key=True, autoincrement=False),
    Column("codeowners", Text, nullable=False, default=""),
    Column("teams", JSON, nullable=False, default=list),
)

subject = table(
    "subject",
    Column("id", Id, primary_key=True),
    Column("kind", String(20), nullable=False, default="pull_request"),
    Column("repository_id", Id, ForeignKey("repository.id")),  # null: a proposal
    Column("number", Integer),
    Column("channel_id", String(30), ForeignKey("channel.id")),  # null: a pull request
    Column("ts", String(40)),  # the message in that channel
    Column("thread", String(40), nullable=False, default=""),  # below which the card stands
    Column("switches", JSON, nullable=False, default=list),
    Column("overlays", JSON, nullable=False, default=list),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("author_id", Id, nullable=False, index=True),
    Column("author", String(100), nullable=False),
    Column("author_is_bot", Boolean, nullable=False),
    Column("head_sha", String(64), nullable=False, default=""),
    Column("base_ref", String(250), nullable=False, default=""),
    Column("branch", String(250), nullable=False, default=""),
    Column("labels", JSON, nullable=False, default=list),
    Column("draft", Boolean, nullable=False, default=False),
    Column("open", Boolean, nullable=False),
    Column("merged", Boolean, nullable=False, default=False),
    Column("updated_at", UTCDateTime, nullable=False),
    Column("url", Text, nullable=False),
    Column("files", LargeBinary),  # zlib of JSON; kept while open, so that an edit costs no call
    Column("files_of", String(400)),  # the head and base that `files` belong to
    UniqueConstraint("repository_id", "number"),
    UniqueConstraint("channel_id", "ts"),
    Index(None, "repository_id", "head_sha"),
)

checklist = table(
    "checklist",
    Column("version", String(12), primary_key=True),
    Column("content", JSON, nullable=False),
)

review = table(
    "review",
    Column("id", Id, primary_key=True),
    Column("subject_id", Id, ForeignKey("subject.id"), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("gate", String(20), nullable=False),
    Column("triaged", Integer, nullable=False),  # the tier of the rules alone
    Column("tier", Integer, nullable=False),
    Column("highest_tier", Integer, nullable=False),
    Column("customer_facing", Boolean, nullable=False),
    Column("overlays", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("mode", String(20), nullable=False),
    Column("exempt", Text, nullable=False, default=""),
    Column("quiet", Boolean, nullable=False, default=False),
    Column("checklist_version", String(12), ForeignKey("checklist.version"), nullable=False),
    Column("thresholds", JSON, nullable=False),
    Column("prefills", JSON, nullable=False),
    Column("offered", JSON, nullable=False, default=list),
    Column("quotes", JSON, nullable=False, server_default="[]"),  # of the file of customers' voice
    Column("drafted", JSON, nullable=False, server_default="[]"),  # by a model
    Column("suggestions", JSON, nullable=False, default=list),
    Column("waivers", JSON, nullable=False, default=list),
    Column("rulings", JSON, nullable=False, default=list),
    Column("attested", Boolean, nullable=False, default=False),  # an attestation holds
    Column("waived_until", UTCDateTime, index=True),  # the first moment at which a waiver ends
    Column("last_picked", String(60), nullable=False, default=""),
    Column("course", JSON, nullable=False, default=dict),  # of a proposal, to its decision
    Column(
        "without_review", Boolean, nullable=False, default=False
    ),  # decided before anybody asked
    Column("bypassed", Boolean, nullable=False, default=False),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("first_answer_at", UTCDateTime),
    Column("completed_at", UTCDateTime),
    Column("decided_at", UTCDateTime),
    Column("owner", String(60), nullable=False, server_default=""),  # whose the changed files are
    Column("superseded_by", Integer, nullable=False, server_default="0", index=True),
    Column("version", Integer, nullable=False),
    Index(None, "state", "gate"),
)

answer = table(
    "answer",
    Column("id", Id, primary_key=True),
    Column("review_id", Id, ForeignKey("review.id"), nullable=False),
    Column("question", String(60), nullable=False),
    Column("picks", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False, default=""),
    Column("by_id", Id, nullable=False),
    Column("by_login", String(100), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("door", String(30), nullable=False),
    Column("not_applicable", Boolean, nullable=False, default=False),
    Column("again", Text, nullable=False, default=""),  # what is new since, while it is asked again
    Column("comment_id", Id),  # the comment that it was given in
    Column("fate", String(10), nullable=False, default=""),  # what became of that comment
    Column("withheld", Boolean, nullable=False, default=False),  # its line is shown elsewhere only
    UniqueConstraint("review_id", "question"),
)

evidence = table(
    "evidence",
    Column("id", Id, primary_key=True),
    Column("review_id", Id, ForeignKey("review.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("heard_on", Date),
    Column("segment", String(60), nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),
    Column("by_id", Id, nullable=False),
    Column("by_login", String(100), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("door", String(30), nullable=False),
    Column("comment_id", Id),
    Column("fate", String(10), nullable=False, default=""),
    Column("former", Boolean, nullable=False, default=False),  # of somebody who left
    Column("private_to", String(30), nullable=False, default=""),  # the channel that may see it
    Column("withheld", Boolean, nullable=False, default=False),
)

# What people did, each act once; answers and all else that people say are made of these.
act = table(
    "act",
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # the same for the same act
    Column("review_id", Id, ForeignKey("review.id"), nullable=False, index=True),
    Column("by_id", Id, nullable=False),
    Column("by_login", String(100), nullable=False),
    Column("by_bot", Boolean, nullable=False, default=False),
    Column("at", UTCDateTime, nullable=False),
    Column("door", String(30), nullable=False),
    Column("deeds", JSON, nullable=False),
    Column("text", String(40), nullable=False, default=""),  # comment:900 | description
    Column("before_hash", String(64), nullable=False, default=""),
    Column("after_hash", String(64), nullable=False, default=""),
    Column("comment_id", Id),  # the comment that a command stands in
)

surface = table(
    "surface",
    Column("id", Id, primary_key=True),
    Column("kind", String(20), nullable=False),  # comment | check | status | reply
    Column("repository_id", Id, ForeignKey("repository.id"), nullable=False),
    Column("key", String(64), nullable=False),  # number | commit | the comment replied to
    Column("external_id", Id),  # GitHub's id; null until the first write is known to be done
    Column("intent_at", UTCDateTime),  # a create was begun and is not known to be done
    Column("live", LargeBinary),  # zlib of the text that stands there, as far as we know
    Column("live_at", UTCDateTime),  # GitHub's time of that text
    Column("edited_at", UTCDateTime),  # the last edit by a person
    UniqueConstraint("kind", "repository_id", "key"),
    Index(None, "repository_id", "external_id"),
)

merge_group = table(
    "merge_group",
    Column("repository_id", Id, ForeignKey("repository.id"), primary_key=True),
    Column("head_sha", String(64), primary_key=True),
    Column("base_sha", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index(None, "repository_id", "number"),
    Index(None, "repository_id", "base_sha"),
)

delivery = table(
    "delivery",
    Column("id", String(100), primary_key=True),  # X-GitHub-Delivery | slack:<event or hash>
    Column("event", String(60), nullable=False),
    Column("action", String(60), nullable=False),
    Column("body", LargeBinary),  # zlib; dropped some days after it was dealt with
    Column("received_at", UTCDateTime, nullable=False, index=True),
)

job = table(
    "job",
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False),
    Column("args", JSON, nullable=False),
    Column("lock", String(200)),
    Column("run_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False, default="ready"),  # ready | parked
    Column("error", Text, nullable=False, default=""),
    Column("passing", Boolean, nullable=False, default=False),  # parked by what may pass: an outage
    Column("created_at", UTCDateTime, nullable=False),
    sqlite_autoincrement=True,  # ids never come back: their order is the order of work
)

throttle = table(
    "throttle",
    Column("key", String(100), primary_key=True),  # github:<installation> | slack:<team>
    Column("blocked_until", UTCDateTime, nullable=False),
)

# Our writes of the last hour, so that a restart does not forget what GitHub counts.
recent_write = table(
    "recent_write",
    Column("id", Id, primary_key=True),
    Column("key", String(100), nullable=False),  # github:<installation>
    Column("at", UTCDateTime, nullable=False, index=True),
)

# How far a sweep has come.
sweep = table(
    "sweep",
    Column("key", String(100), primary_key=True),
    Column("cursor", Text, nullable=False, default=""),
    Column("at", UTCDateTime, nullable=False),
)

ledger = table(
    "ledger",
    Column("seq", Id, primary_key=True, autoincrement=True),
    Column("review_id", Id, ForeignKey("review.id"), index=True),  # null: about no review
    Column("at", UTCDateTime, nullable=False),
    Column("event", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    Column("door", String(30)),
    Column("actor_digest", String(64)),  # of salt and actor: stays when they are erased
    Column("actor", String(120)),
    Column("salt", String(32)),
    Column("previous", String(64)),  # null until the row is sealed
    Column("hash", String(64)),
    sqlite_autoincrement=True,
)

# What the ledger came to at a moment, signed: rows taken from its end are missed.
checkpoint = table(
    "checkpoint",
    Column("seq", Id, primary_key=True, autoincrement=False),  # the last row that it covers
    Column("hash", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("signature", String(200), nullable=False),
)
