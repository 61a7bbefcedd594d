"""Markdown is drawn as GitHub draws it; boxes are counted as GitHub counts them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.markdown import render, tasks, toggle_task

BODY = """- [ ] first
  <!-- item:1 - [ ] not this -->
- [x] **second** `code`

```
- [ ] in code
```
<!--
- [ ] in a comment
-->
<details open>
<summary>More <b>here</b></summary>

1. [X] third
   - [ ] fourth
- [ ]
-
  [ ] below its mark
- [] nor this, - [ ] nor that

</details>

> - [ ] fifth

    - [ ] indented code
"""


def test_only_real_task_items_count() -> None:
    found = [(task.text, task.checked) for task in tasks(BODY)]
    assert found == [
        ("first", False),
        ("second code", True),
        ("third", True),
        ("fourth", False),
        ("fifth", False),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_tick_changes_one_character_and_no_line_end(end: str) -> None:
    body = BODY.replace("\n", end)
    assert toggle_task(body, 3, True) == body.replace("- [ ] fourth", "- [x] fourth")
    assert toggle_task(body, 2, False) == body.replace("[X] third", "[ ] third")
    assert toggle_task(body, 4, True) == body.replace("> - [ ] fifth", "> - [x] fifth")


def test_a_box_that_is_not_there_cannot_be_ticked() -> None:
    with pytest.raises(IndexError):
        toggle_task("- [ ] one", 1, True)


# A comment that is opened and never closed hides the rest, on GitHub and here; not in pieces then.
WHOLE = [line for line in BODY.splitlines() if ("<!--" in line) == ("-->" in line)]
LINES = st.sampled_from([*WHOLE, "", "text", "* [x] star", "+ [ ] plus", "2) [ ] two"])


@given(st.lists(LINES, max_size=14).map("\n".join), st.integers(0, 9))
def test_ticking_keeps_all_other_boxes_and_the_number_of_boxes(body: str, at: int) -> None:
    before = tasks(body)
    if at < len(before):
        after = tasks(toggle_task(body, at, not before[at].checked))
        assert [task.checked for task in after] == [
            task.checked != (index == at) for index, task in enumerate(before)
        ]
    assert render(body).count("<input") == len(before)


def test_boxes_are_drawn_where_they_stand_and_in_order() -> None:
    html = render(BODY, lambda index, task: f"<i>{index}:{task.text}</i>")
    assert re.findall(r"<i>(\d)", html) == ["0", "1", "2", "3", "4"]
    assert "<pre><code>- [ ] in code" in html
    assert '<summary>More <b>here</b></summary>\n<ol class="contains-task-list">' in html


def test_github_flavour_is_drawn() -> None:
    html = render("~~old~~ https://example.com/a_b.\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\nx\ny")
    assert "<s>old</s>" in html
    assert '<a href="https://example.com/a_b" rel="nofollow noopener noreferrer">' in html
    assert '<td align="right">2</td>' in html
    assert "x<br>\ny" in html


HOSTILE = """<script>alert(1)</script><style>*{display:none}</style>
<img src=https://evil.example/x.png onerror=alert(1) alt=picture>
<a href="javascript:alert(1)" onclick="alert(1)" style="color:red">link</a>
[click](javascript:alert(1)) [data](data:text/html,x) ![alt](https://evil.example/y.png)
<form action="/acme/shop/pull/1/merge" method=post><button name=bypass>x</button></form>
<input type=checkbox><iframe src=//evil.example></iframe><svg onload=alert(1)></svg>
<details open ontoggle=alert(1)><summary>s</summary></details>
</div></form></article><base href=//evil.example><meta http-equiv=refresh content=0>
<!-- <script>alert(1)</script> --!> <b id=main class=notice>bold</b>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=a()&gt;">
"""


def test_hostile_text_is_inert() -> None:
    html = render(HOSTILE).lower()
    tags = set(re.findall(r"<(/?[a-z0-9]+)", html))
    assert not tags & {
        "script",
        "style",
        "form",
        "input",
        "button",
        "iframe",
        "svg",
        "base",
        "meta",
    }
    assert not re.search(r"<[^>]*\s(on\w+|style|src|id|class)\s*=", html)
    assert not re.search(r"href=\"(?!https?:|mailto:)", html)
    assert "</article>" not in html
    assert "<b>bold</b>" in html


@given(st.text(alphabet="<>/\"'= -[]x*`&;abonclickscriptdetailssummary\n", max_size=120))
def test_no_text_makes_a_tag_that_is_not_on_the_list(body: str) -> None:
    tags = set(re.findall(r"<([a-z0-9]+)", render(body)))
    assert not tags & {"script", "style", "form", "button", "iframe"}
