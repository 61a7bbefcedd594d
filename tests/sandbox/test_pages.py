"""What people see and press: every form works without a script, and hostile text stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
import requests
from github.Repository import Repository

from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange
from tests.sandbox.conftest import Ear

BOX = re.compile(
    r'name="box" value="(\d+)" role="checkbox" aria-checked="(\w+)" aria-label="(.*?)"'
)
FORMS = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Browser:
    """Reads pages and presses buttons as a browser without scripts does."""

    def __init__(self, github: StandIn) -> None:
        self.github, self.session = github, requests.Session()

    def read(self, path: str) -> str:
        return self.session.get(urljoin(self.github.url, path), timeout=5).text

    def pull(self, number: int) -> str:
        return self.read(f"/acme/shop/pull/{number}")

    def act_as(self, role: str) -> str:
        """Gives the page that comes back."""
        url = f"{self.github.url}/act-as"
        return self.session.post(url, data={"role": role}, timeout=5).text

    def press(self, number: int, act: str, **fields: str) -> str:
        """Gives the page that comes back."""
        url = f"{self.github.pull_url(number)}/{act}"
        return self.session.post(url, data=fields, timeout=5).text

    def tick(self, number: int, label: str, page: str = "") -> str:
        """Presses a box by its text, on the page as it was read."""
        for action, form in FORMS.findall(page or self.pull(number)):
            for index, _, text in BOX.findall(form):
                if text == label:
                    act = action.rsplit("/", 1)[1]
                    return self.press(number, act, box=index, **dict(HIDDEN.findall(form)))
        raise AssertionError(f"no box {label}")


def notice(page: str) -> str:
    found = re.search(r'<p class="notice \w+">(.*?)</p>', page)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def browser(github: StandIn) -> Iterator[Browser]:
    browser = Browser(github)
    yield browser
    browser.session.close()


def report(repo: Repository, github: StandIn, number: int, conclusion: str, title: str) -> None:
    repo.create_check_run(
        "Customer impact",
        github.pull_request(number).head_sha,
        conclusion=conclusion,
        output={"title": title, "summary": "**Still missing**: how it will make them feel"},
        actions=[{"label": "Recheck", "identifier": "recheck", "description": "Look again"}],
    )


def test_the_list_shows_every_title_in_full(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    titles = ["Raise the price " + "of everything " * 12, "Fix <b>bold</b> & co", "Closed"]
    for title in titles:
        github.open_pull_request(title=title.strip())
    report(repo, github, 1, "action_required", "0 of 9 answered")
    github.close(3)
    page = html.unescape(browser.read("/"))
    assert all(title.strip() in page for title in titles)
    assert "0 of 9 answered" in page
    assert "Closed" not in re.findall(r'class="title"[^>]*>(.*?)<', browser.read("/?show=open"))
    assert "<b>bold" not in browser.read("/")


def test_a_tick_by_a_person_reaches_the_bot(
    github: StandIn, browser: Browser, repo: Repository, ear: Ear
) -> None:
    number = github.open_pull_request(title="One", author="alice")
    repo.get_pull(number).create_issue_comment("- [ ] relieved\n- [ ] confused\n")
    browser.tick(number, "confused")
    assert github.bot_comments(number)[0].body == "- [ ] relieved\n- [x] confused\n"
    assert github.wait_idle(5)
    told = ear.last("issue_comment.edited")
    assert told["changes"]["body"]["from"] == "- [ ] relieved\n- [ ] confused\n"
    assert told["sender"]["login"] == "alice"
    assert ("1", "true", "confused") in BOX.findall(browser.pull(number))


def test_a_tick_on_a_body_that_changed_is_refused_kindly(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    comment = repo.get_pull(number).create_issue_comment("- [ ] one\n- [ ] two")
    stale = browser.pull(number)
    comment.edit("- [ ] zero\n- [ ] one\n- [ ] two")
    page = browser.tick(number, "one", stale)
    assert "changed in the meantime" in notice(page)
    assert github.bot_comments(number)[0].body == "- [ ] zero\n- [ ] one\n- [ ] two"


def test_an_outsider_sees_boxes_that_cannot_be_ticked(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    comment = repo.get_pull(number).create_issue_comment("- [ ] one")
    browser.act_as("outsider")
    page = browser.pull(number)
    assert not BOX.findall(page)
    assert "disabled" in page
    forced = browser.press(number, "tick", comment=str(comment.id), box="0", seen="")
    assert notice(forced)
    assert github.bot_comments(number)[0].body == "- [ ] one"


def test_the_merge_button_refuses_and_then_merges(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    report(repo, github, number, "action_required", "3 of 5 answered")
    browser.act_as("reviewer")
    assert notice(browser.press(number, "merge")) == (
        "Not merged. The required check “Customer impact” has not passed: 3 of 5 answered."
    )
    assert "Merging is blocked." in browser.pull(number)
    report(repo, github, number, "success", "Complete")
    assert "Ready to merge." in browser.pull(number)
    assert notice(browser.press(number, "merge")) == "#1 is merged into main."
    assert github.pull_request(number).merged_by == github.state.user("reviewer")


def test_the_check_shows_its_summary_and_its_buttons_work(
    github: StandIn, browser: Browser, repo: Repository, ear: Ear
) -> None:
    number = github.open_pull_request(title="One")
    assert "nobody has reported it yet" in browser.pull(number)
    report(repo, github, number, "action_required", "3 of 5 answered")
    page = browser.pull(number)
    assert "<strong>Still missing</strong>" in page
    assert "Recheck" in page
    run = github.check(number)
    assert run is not None
    browser.press(number, "press", check=str(run.id), identifier="recheck")
    browser.press(number, "rerun", check=str(run.id))
    assert github.wait_idle(5)
    assert {"check_run.requested_action", "check_run.rerequested"} <= set(ear.names())


def test_everything_else_a_person_can_do(github: StandIn, browser: Browser, ear: Ear) -> None:
    number = github.open_pull_request(title="One", body="- [ ] mail sent", author="alice")
    browser.tick(number, "mail sent")
    browser.press(number, "edit", title="Two", body="New")
    browser.press(number, "push", path="pricing/plans.yaml", line="price: 15")
    browser.press(number, "comment", body="/impact help")
    browser.press(number, "draft")
    browser.press(number, "draft")
    browser.press(number, "label", label="pricing")
    browser.press(number, "close")
    browser.press(number, "reopen")
    comment = github.comments(number)[0]
    browser.press(number, "edit-comment", comment=str(comment.id), body="/impact status")
    browser.press(number, "delete-comment", comment=str(comment.id))
    assert github.wait_idle(5)
    pulls = "opened edited edited synchronize converted_to_draft ready_for_review labeled closed"
    wanted = [f"pull_request.{action}" for action in [*pulls.split(), "reopened"]]
    comments = [f"issue_comment.{action}" for action in ("created", "edited", "deleted")]
    assert sorted(ear.names()) == sorted(wanted + comments)
    assert github.pull_request(number).files == [
        FileChange("pricing/plans.yaml", 1, 0, "@@ -0,0 +1,1 @@\n+price: 15")
    ]


PEOPLE = {"author": "alice", "reviewer": "reviewer", "outsider": "outsider"}


def form(page: str, act: str, comment: int | None = None) -> str:
    """The inside of a form on the page, of one comment if it is named; empty without one."""
    for action, inside in FORMS.findall(page):
        fields = dict(HIDDEN.findall(inside))
        if action.endswith(f"/{act}") and fields.get("comment") == (comment and str(comment)):
            return str(inside)
    return ""


def text_in(inside: str) -> str:
    """What the large field of a form holds."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", inside, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def test_the_switch_shows_who_one_is_and_leads_back(github: StandIn, browser: Browser) -> None:
    number = github.open_pull_request(title="One", author="alice")
    switch = re.compile(r'name="role" value="(\w+)" aria-pressed="(\w+)" title="(\w+):')
    assert switch.findall(browser.pull(number))[0] == ("author", "true", "alice")
    for role, login in PEOPLE.items():
        browser.session.headers["Referer"] = github.pull_url(number)
        page = browser.act_as(role)
        assert f'<h1>One <span class="number">#{number}</span>' in page
        pressed = {name: (on, who) for name, on, who in switch.findall(page)}
        assert pressed == {name: (str(name == role).lower(), who) for name, who in PEOPLE.items()}
        assert f"Comment as <b>{login}</b>" in page


@pytest.mark.parametrize(("role", "login"), PEOPLE.items())
def test_everybody_can_change_and_delete_what_they_said(
    github: StandIn, browser: Browser, ear: Ear, role: str, login: str
) -> None:
    number = github.open_pull_request(title="One", author="alice")
    browser.act_as(role)
    assert form(browser.pull(number), "comment")
    page = browser.press(number, "comment", body="/impact <help>")
    said = github.comments(number)[0]
    assert f"<b>{login}</b> commented at" in page
    assert "· edited" not in page
    assert text_in(form(page, "edit-comment", said.id)) == "/impact <help>"
    page = browser.press(number, "edit-comment", comment=str(said.id), body="/impact status")
    assert (said.body, "· edited" in page) == ("/impact status", True)
    assert f'/pull/{number}/delete-comment" formnovalidate' in form(page, "edit-comment", said.id)
    page = browser.press(number, "delete-comment", comment=str(said.id))
    assert (github.comments(number), notice(page)) == ([], "The comment is deleted.")
    assert github.wait_idle(5)
    acts = [heard for heard in ear.heard if heard.event == "issue_comment"]
    assert [heard.payload["action"] for heard in acts] == ["created", "edited", "deleted"]
    assert {heard.payload["sender"]["login"] for heard in acts} == {login}


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_the_author_and_the_reviewer_can_change_what_others_said(
    github: StandIn, browser: Browser, ear: Ear, role: str
) -> None:
    number = github.open_pull_request(title="One", author="alice")
    comment = github.comment(number, "Mine", "outsider")
    browser.act_as(role)
    assert form(browser.pull(number), "edit-comment", comment)
    browser.press(number, "edit-comment", comment=str(comment), body="Ours")
    assert github.wait_idle(5)
    told = ear.last("issue_comment.edited")
    assert told["sender"]["login"] == PEOPLE[role]
    assert told["comment"]["user"]["login"] == "outsider"


def test_an_outsider_leaves_alone_what_others_said(github: StandIn, browser: Browser) -> None:
    number = github.open_pull_request(title="One", body="Mine", author="alice")
    comment = github.comment(number, "Mine", "alice")
    browser.act_as("outsider")
    page = browser.pull(number)
    assert not form(page, "edit-comment", comment)
    assert not form(page, "edit")
    for act in ("edit-comment", "delete-comment", "edit"):
        page = browser.press(number, act, comment=str(comment), title="One", body="Theirs")
        assert notice(page).startswith("outsider cannot")
    assert (github.comments(number)[0].body, github.pull_request(number).body) == ("Mine", "Mine")


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_the_description_can_be_edited(
    github: StandIn, browser: Browser, ear: Ear, role: str
) -> None:
    number = github.open_pull_request(title="One", body="Before & <after>", author="alice")
    browser.act_as(role)
    assert text_in(form(browser.pull(number), "edit")) == "Before & <after>"
    page = browser.press(number, "edit", title="One", body="- [ ] mail sent")
    assert ("0", "false", "mail sent") in BOX.findall(page)
    assert github.wait_idle(5)
    told = ear.last("pull_request.edited")
    assert told["changes"] == {"body": {"from": "Before & <after>"}}
    assert told["sender"]["login"] == PEOPLE[role]


def test_reactions_are_shown_below_their_comment(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    first, second = (github.comment(number, text, "alice") for text in ("Hello", "Bye"))
    assert "reactions" not in browser.pull(number)
    for content in ("eyes", "+1", "rocket"):
        repo.get_issue(number).get_comment(first).create_reaction(content)
    repo.get_issue(number).get_comment(second).create_reaction("confused")
    shown = re.findall(
        r'<span role="img" aria-label="(.*?)" title="(.*?)">(.*?)</span>', browser.pull(number)
    )
    emoji = {"eyes": "👀", "+1": "👍", "rocket": "🚀", "confused": "😕"}
    by = "by empty-chair[bot]"
    assert shown == [(name, f"{name} {by}", sign) for name, sign in emoji.items()]
    of_first, of_second = re.findall(r'<p class="reactions">(.*?)</p>', browser.pull(number))
    assert (of_first.count("role"), of_second.count("role")) == (3, 1)


def test_the_pulse_beats_when_one_reaction_takes_the_place_of_another(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    comment = repo.get_issue(number).get_comment(github.comment(number, "Hello", "alice"))
    eyes = comment.create_reaction("eyes")
    assert github.wait_idle(5)
    path = f"/acme/shop/pull/{number}/pulse"
    before = browser.read(path)
    comment.delete_reaction(eyes.id)
    comment.create_reaction("rocket")
    assert browser.read(path) != before


def test_the_queue_takes_what_passes(github: StandIn, browser: Browser, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    assert notice(browser.press(number, "queue")).startswith("Not queued.")
    report(repo, github, number, "success", "Complete")
    assert "In the merge queue" in notice(browser.press(number, "queue"))


def test_hostile_text_is_inert_wherever_it_stands(
    github: StandIn, browser: Browser, repo: Repository
) -> None:
    evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'"
    number = github.open_pull_request(
        title=evil,
        body=evil,
        author="alice",
        branch=evil,
        labels=[evil],
        files=[FileChange(evil, 1, 0, f"@@ -0,0 +1 @@\n+{evil}")],
    )
    github.comment(number, evil + f"\n\n- [ ] {evil}", "alice")
    report(repo, github, number, "failure", evil)
    for page in (browser.pull(number), browser.read("/")):
        assert "<script>alert" not in page
        assert not re.search(r"<img[^>]*onerror", page)
        assert "49" not in re.sub(r"\d\d:\d\d(:\d\d)?|[0-9a-f]{12}|\d{6,}", "", page)


def test_pages_allow_nothing_from_elsewhere(github: StandIn) -> None:
    answer = requests.get(github.url, timeout=5)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert not [link for link in links if link.startswith(("http", "//"))]


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_forms_of_other_sites_are_refused(github: StandIn, headers: dict[str, str]) -> None:
    number = github.open_pull_request(title="One")
    url = f"{github.pull_url(number)}/close"
    assert requests.post(url, headers=headers, timeout=5).status_code == 403
    assert github.pull_request(number).state == "open"


def test_the_pulse_beats_when_the_page_would_change(github: StandIn, browser: Browser) -> None:
    number = github.open_pull_request(title="One")
    assert github.wait_idle(5)
    path = f"/acme/shop/pull/{number}/pulse"
    first = browser.read(path)
    assert browser.read(path) == first
    assert f'data-pulse="{first}"' in browser.pull(number)
    github.comment(number, "Hello", "alice")
    assert browser.read(path) != first


def test_a_bot_that_does_not_answer_is_mentioned(
    github: StandIn, browser: Browser, ear: Ear
) -> None:
    ear.status = 500
    number = github.open_pull_request(title="One")
    assert github.wait_idle(5)
    assert "The bot answered 500" in browser.pull(number)


def test_what_is_not_there_says_so(github: StandIn, browser: Browser) -> None:
    answer = browser.session.get(github.pull_url(9), timeout=5)
    assert (answer.status_code, "There is no pull request #9." in answer.text) == (404, True)
