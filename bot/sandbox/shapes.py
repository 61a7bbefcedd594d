"""Records as GitHub writes them in JSON, for REST answers and webhook payloads alike.

Shapes follow https://docs.github.com/en/rest and /en/webhooks; every `url` points back to the
stand-in, so that a client may follow it. `api` is the address under which the caller knows us,
`http://127.0.0.1:PORT/api/v3` or without `/api/v3`.
"""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import Any

from bot.sandbox.records import Comment, Commit, FileChange, PullRequest, Reaction, User
from bot.sandbox.state import State

Json = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def node_id(kind: str, number: int) -> str:
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


def node_number(kind: str, name: str) -> int | None:
    """The number inside a node id of this kind; None for anything else."""
    try:
        text = base64.urlsafe_b64decode(name.removeprefix(f"{kind}_") + "===").decode()
    except ValueError:
        return None
    known = text.isascii() and text.isdigit() and node_id(kind, int(text)) == name
    return int(text) if known else None


class Shapes:
    """Writes records for one caller."""

    def __init__(self, state: State, web: str, api: str) -> None:
        self.state, self.web, self.api = state, web, api

    @property
    def repo_url(self) -> str:
        return f"{self.api}/repos/{self.state.full_name}"

    @property
    def page(self) -> str:
        return f"{self.web}/{self.state.full_name}"

    def user(self, user: User) -> Json:
        return {
            "login": user.login,
            "id": user.id,
            "node_id": node_id("U", user.id),
            "avatar_url": "",
            "gravatar_id": "",
            "url": f"{self.api}/users/{user.login}",
            "html_url": f"{self.web}/{user.login}",
            "type": user.type,
            "user_view_type": "public",
            "site_admin": False,
        }

    def repository(self, *, fork_of: User | None = None) -> Json:
        state = self.state
        owner = fork_of or state.owner
        name = f"{owner.login}/{state.repository_name}"
        url = f"{self.api}/repos/{name}"
        return {
            "id": state.repository_id + (owner.id % 1_000_000 if fork_of else 0),
            "node_id": node_id("R", state.repository_id),
            "name": state.repository_name,
            "full_name": name,
            "private": state.private,
            "visibility": "private" if state.private else "public",
            "owner": self.user(owner),
            "html_url": f"{self.web}/{name}",
            "description": "A repository of the stand-in GitHub",
            "fork": fork_of is not None,
            "url": url,
            "branches_url": f"{url}/branches{{/branch}}",
            "collaborators_url": f"{url}/collaborators{{/collaborator}}",
            "comments_url": f"{url}/comments{{/number}}",
            "commits_url": f"{url}/commits{{/sha}}",
            "issue_comment_url": f"{url}/issues/comments{{/number}}",
            "issues_url": f"{url}/issues{{/number}}",
            "pulls_url": f"{url}/pulls{{/number}}",
            "statuses_url": f"{url}/statuses/{{sha}}",
            "clone_url": f"{self.web}/{name}.git",
            "default_branch": state.default_branch,
            "created_at": moment(state.created_at),
            "updated_at": moment(state.created_at),
            "pushed_at": moment(state.created_at),
            "size": 108,
            "language": None,
            "has_issues": True,
            "archived": False,
            "disabled": False,
            "open_issues_count": sum(pull.state == "open" for pull in state.pulls.values()),
            "topics": [],
            "permissions": {"admin": False, "maintain": False, "push": True, "pull": True},
        }

    def slim_repository(self) -> Json:
        """The short form inside installation events."""
        whole = self.repository()
        return {key: whole[key] for key in ("id", "node_id", "name", "full_name", "private")}

    def label(self, name: str) -> Json:
        number = zlib.crc32(name.encode())
        return {
            "id": 5_000_000_000 + number,
            "node_id": node_id("LA", number),
            "url": f"{self.repo_url}/labels/{name}",
            "name": name,
            "color": "ededed",
            "default": False,
            "description": None,
        }

    def association(self, user: User) -> str:
        """What somebody is to the repository, as far as GitHub shows it to others."""
        state = self.state
        if user == state.owner:
            return "OWNER"
        if user.type == "Bot":
            return "NONE"
        concealed = user.login in state.concealed
        if state.can_write(user.login) and not concealed:
            return "MEMBER"
        if state.private and state.roles.get(user.login) in ("triage", "read") and not concealed:
            return "COLLABORATOR"
        merged = any(pull.merged and pull.author == user for pull in state.pulls.values())
        return "CONTRIBUTOR" if merged else "NONE"

    def _branch(self, pull: PullRequest, *, head: bool) -> Json:
        fork = pull.author if head and pull.from_fork else None
        owner = fork or self.state.owner
        ref = pull.branch if head else pull.base
        gone = head and pull.fork_deleted
        return {
            "label": f"{owner.login}:{ref}",
            "ref": ref,
            "sha": pull.head_sha if head else pull.base_sha,
            "user": None if gone else self.user(owner),
            "repo": None if gone else self.repository(fork_of=fork),
        }

    def pull(self, pull: PullRequest) -> Json:
        """A pull request in full."""
        url, page = f"{self.repo_url}/pulls/{pull.number}", f"{self.page}/pull/{pull.number}"
        issue = f"{self.repo_url}/issues/{pull.number}"
        return {
            "url": url,
            "id": pull.id,
            "node_id": node_id("PR", pull.id),
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "issue_url": issue,
            "number": pull.number,
            "state": pull.state,
            "locked": False,
            "title": pull.title,
            "user": self.user(pull.author),
            "body": pull.body,
            "created_at": moment(pull.created_at),
            "updated_at": moment(pull.updated_at),
            "closed_at": moment(pull.closed_at),
            "merged_at": moment(pull.merged_at),
            "merge_commit_sha": pull.merge_commit_sha,
            "assignee": None,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "labels": [self.label(name) for name in pull.labels],
            "milestone": None,
            "draft": pull.draft,
            "commits_url": f"{url}/commits",
            "comments_url": f"{issue}/comments",
            "statuses_url": f"{self.repo_url}/statuses/{pull.head_sha}",
            "head": self._branch(pull, head=True),
            "base": self._branch(pull, head=False),
            "_links": {"self": {"href": url}, "html": {"href": page}, "issue": {"href": issue}},
            "author_association": self.association(pull.author),
            "auto_merge": None,
            "active_lock_reason": None,
            "merged": pull.merged,
            "mergeable": None if pull.merged else True,
            "rebaseable": None if pull.merged else True,
            "mergeable_state": "unknown" if pull.merged else "blocked",
            "merged_by": self.user(pull.merged_by) if pull.merged_by else None,
            "comments": len(self.state.comments_on(pull.number)),
            "review_comments": 0,
            "maintainer_can_modify": False,
            "commits": pull.commits,
            "additions": pull.additions,
            "deletions": pull.deletions,
            "changed_files": len(pull.files),
        }

    def issue(self, pull: PullRequest) -> Json:
        """The same pull request as comments see it: an issue without any commit."""
        url, page = f"{self.repo_url}/issues/{pull.number}", f"{self.page}/pull/{pull.number}"
        whole = self.pull(pull)
        same = (
            "id number state locked title user body created_at updated_at closed_at assignee "
            "assignees labels milestone draft comments author_association active_lock_reason"
        )
        return {key: whole[key] for key in same.split()} | {
            "url": url,
            "node_id": whole["node_id"],
            "repository_url": self.repo_url,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": page,
            "pull_request": {
                "url": whole["url"],
                "html_url": page,
                "diff_url": whole["diff_url"],
                "patch_url": whole["patch_url"],
                "merged_at": whole["merged_at"],
            },
            "reactions": {"total_count": 0},
            "state_reason": None,
        }

    def file(self, pull: PullRequest, file: FileChange) -> Json:
        shape: Json = {
            "sha": f"{zlib.crc32(file.path.encode()):040x}",
            "filename": file.path,
            "status": file.status,
            "additions": file.additions,
            "deletions": file.deletions,
            "changes": file.additions + file.deletions,
            "blob_url": f"{self.page}/blob/{pull.head_sha}/{file.path}",
            "raw_url": f"{self.page}/raw/{pull.head_sha}/{file.path}",
            "contents_url": f"{self.repo_url}/contents/{file.path}?ref={pull.head_sha}",
        }
        if file.patch is not None:
            shape["patch"] = file.patch
        if file.previous_path:
            shape["previous_filename"] = file.previous_path
        return shape

    def comment(self, comment: Comment) -> Json:
        url = f"{self.repo_url}/issues/comments/{comment.id}"
        found = [r for r in self.state.reactions.values() if r.comment_id == comment.id]
        counts = {content: sum(r.content == content for r in found) for content in REACTIONS}
        return {
            "url": url,
            "html_url": f"{self.page}/pull/{comment.number}#issuecomment-{comment.id}",
            "issue_url": f"{self.repo_url}/issues/{comment.number}",
            "id": comment.id,
            "node_id": node_id("IC", comment.id),
            "user": self.user(comment.user),
            "created_at": moment(comment.created_at),
            "updated_at": moment(comment.updated_at),
            "author_association": self.association(comment.user),
            "body": comment.body,
            "reactions": {"url": f"{url}/reactions", "total_count": len(found), **counts},
        }

    def reaction(self, reaction: Reaction) -> Json:
        return {
            "id": reaction.id,
            "node_id": node_id("REA", reaction.id),
            "user": self.user(reaction.user),
            "content": reaction.content,
            "created_at": moment(reaction.created_at),
        }

    def commit(self, commit: Commit) -> Json:
        url = f"{self.repo_url}/commits/{commit.sha}"
        person = {
            "name": commit.author.login,
            "email": f"{commit.author.id}+{commit.author.login}@users.noreply.example",
            "date": moment(commit.at),
        }
        parents = [sha for sha in (commit.parent, commit.merged) if sha]
        return {
            "url": url,
            "sha": commit.sha,
            "node_id": node_id("C", commit.author.id),
            "html_url": f"{self.page}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "url": f"{self.repo_url}/git/commits/{commit.sha}",
                "author": person,
                "committer": person,
                "message": commit.message,
                "tree": {"sha": commit.sha, "url": f"{self.repo_url}/git/trees/{commit.sha}"},
                "comment_count": 0,
            },
            "author": self.user(commit.author),
            "committer": self.user(commit.author),
            "parents": [{"sha": sha, "url": f"{self.repo_url}/commits/{sha}"} for sha in parents],
        }


REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
