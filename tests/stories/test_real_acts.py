"""What people do with what the bot wrote, told in payloads of the real shape."""

from __future__ import annotations

import copy
from typing import Any

from bot.core.review import State
from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, installed


def test_what_people_do_with_our_comment_and_check_counts(
    bot: Listening, real: list[Example], pull: Json
) -> None:
    """From opening to merge, in payloads of the real shape."""
    told = {example.name: installed(example.payload) for example in reversed(real)}
    opened, comment = told["pull_request.opened"], told["issue_comment.edited"]
    where, number = (opened["repository"]["full_name"], pull["number"]), pull["number"]
    bot.github.hear(opened)
    bot.post("pull_request", opened)
    bot.settle()
    ((id, ours),) = bot.github.comments[where].items()

    def news(action: str, body: str, **more: Any) -> Json:
        issue = {**comment["issue"], "number": number, "pull_request": {"url": pull["url"]}}
        # An edit has the second after the text before, or a later one.
        said = {**ours, "body": body, "updated_at": "2019-05-15T15:23:00Z"}
        return {**comment, "action": action, "issue": issue, "comment": said, **more}

    ticked = ours["body"].replace("- [ ]", "- [x]", 1)
    assert ticked != ours["body"]
    bot.github.comments[where][id] = {**ours, "body": ticked}
    edited = news("edited", ticked, changes={"body": {"from": ours["body"]}})
    bot.post("issue_comment", edited)
    bot.settle()
    review = bot.review(opened["repository"]["id"], number)
    assert review is not None
    assert [answer.by.login for answer in review.answers] == [comment["sender"]["login"]]

    stands = bot.github.comments[where].pop(id)["body"]
    bot.post("issue_comment", news("deleted", stands))
    bot.settle()
    ((again, posted),) = bot.github.comments[where].items()
    assert again != id
    assert "- [x]" in posted["body"]

    ((check, run),) = bot.github.checks[where[0]].items()
    asked = {**told["check_run.rerequested"], "repository": opened["repository"]}
    fork = {**asked["check_run"], "name": run["name"], "head_sha": run["head_sha"]}
    before = len([call for call in bot.github.calls if call.startswith("PATCH")])
    bot.post("check_run", {**asked, "check_run": {**fork, "id": check, "pull_requests": []}})
    bot.settle()
    writes = [call for call in bot.github.calls if call.startswith("PATCH")][before:]
    assert f"PATCH /repos/{where[0]}/check-runs/{check}" in writes

    closed = copy.deepcopy(told["pull_request.closed"])
    closed["pull_request"] |= {"merged": True, "merged_at": "2019-05-15T15:21:18Z"}
    bot.github.hear(closed)
    bot.post("pull_request", closed)
    bot.settle()
    review = bot.review(opened["repository"]["id"], number)
    assert review is not None
    assert (review.state, review.bypassed) == (State.DECIDED, True)
