"""Scripts: what they mean, and where a bad one is wrong."""

from __future__ import annotations

import textwrap

import pytest
from mocked import mock_of

from codexwire.errors import UsageError
from codexwire.proxy.mock import faults as faults_module
from codexwire.proxy.mock import parse_script
from codexwire.proxy.mock import script as script_module
from codexwire.proxy.mock.faults import FAULTS
from codexwire.proxy.mock.script import Command, Message, Wait

BAD = {
    "not-toml": ("[[turn", "not TOML"),
    "unknown-table": (
        "[[turns]]\ntext = 'x'",
        "script:1: unknown key 'turns' (did you mean 'turn'?",
    ),
    "no-step": ("[[turn]]\nwhen = 'x'", "script:1: needs one of text, step; has when"),
    "typo": (
        "[[turn]]\n[[turn.step]]\nmessage = 'a'\nchunks = 1",
        "script:4: unknown key 'chunks' (did you mean 'chunk'? known: message, chunk, delay)",
    ),
    "type": (
        "[[turn]]\n[[turn.step]]\nmessage = 'a'\n[[turn.step]]\nmessage = 5",
        "script:5: message must be a string, got 5",
    ),
    "negative": ("[[turn]]\nstep = [{ wait = -1 }]", "script:2: wait must be at least 0, got -1"),
    "two-kinds": ("[[turn]]\nstep = [{ wait = 1, hang = true }]", "has hang and wait"),
    "regex": ("[[turn]]\nwhen = '('\ntext = 'x'", "script:2: when: not a regular expression"),
    "no-method": ("[[answer]]\nresult = {}", "script:1: 'method' is missing"),
    "wrong-method": (
        "[[answer]]\nmethod = 'model/lists'\nresult = {}",
        "script:2: 0.163.0 has no client request 'model/lists'",
    ),
    "wrong-result": (
        "[[answer]]\nmethod = 'model/list'\nresult = { data = 5 }",
        "script:3: does not fit the result of model/list",
    ),
    "wrong-request": (
        "[[turn]]\nstep = [{ request = 'item/guess' }]",
        "script:2: 0.163.0 has no server request 'item/guess'",
    ),
    "no-fault": ("[[fault]]\non = 'turn/started'", "script:1: needs one of delay, drop"),
    "fault-on-nothing": (
        "[[fault]]\non = 'turn/begun'\ndrop = true",
        "script:2: 0.163.0 has no",
    ),
    "fault-beside": (
        "[[fault]]\non = '*'\ndrop = true\nat = '/x'",
        "script:4: unknown key 'at' (known: on, drop, nth, after)",
    ),
    "exit-code": ("[[fault]]\non = '*'\nexit = 256", "script:3: exit must be at most 255, got 256"),
    "pointer": (
        "[[fault]]\non = '*'\nmissing_field = 'turn'",
        ":3: missing_field must be a JSON pointer",
    ),
    "flag": (
        "[[fault]]\non = '*'\ndrop = false",
        "script:3: drop must be true; leave the fault out instead",
    ),
    "error-without-code": (
        "[[answer]]\nmethod = 'model/list'\n[answer.error]\nmessage = 'no'",
        "script:3: 'code' is missing",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_script_is_refused_with_its_place(name: str) -> None:
    text, said = BAD[name]
    with pytest.raises(UsageError) as refused:
        mock_of("0.163.0", text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def example(documentation: str | None) -> str:
    """The indented part of a docstring."""
    lines = (documentation or "").splitlines()
    kept = [line for line in lines if line.startswith("    ") or not line]
    return textwrap.dedent("\n".join(kept))


def test_the_documented_script_is_one() -> None:
    script = parse_script(example(script_module.__doc__))
    first, second = script.turns
    assert [type(step).__name__ for step in first.steps] == ["Reasoning", "Command", "Message"]
    assert first.steps[1] == Command("ls", "a.txt\n", 0, True, delay=0.05)
    assert second.steps[0] == Message("Hello, world!")
    assert [answer.nth for answer in script.answers] == [0, 2]
    assert [(fault.on, fault.kind) for fault in script.faults] == [("turn/completed", "drop")]


def test_the_documented_faults_are_all_there_are() -> None:
    lines = example(faults_module.__doc__).splitlines()
    documented = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert documented == list(FAULTS)


def test_a_message_picks_its_turn() -> None:
    script = parse_script(
        "[[turn]]\nwhen = 'list'\ntext = 'listed'\n[[turn]]\ntext = 'one'\n[[turn]]\ntext = 'two'"
    )

    def said(message: str, ordinal: int) -> object:
        return script.steps(message, ordinal)[0]

    assert said("list it", 1) == Message("listed")
    assert [said("x", n) for n in range(3)] == [Message("one"), Message("two"), Message("two")]
    assert parse_script("").steps("say this", 0)[0] == Message("say this")


def test_an_integer_is_a_number_and_a_boolean_is_none() -> None:
    step = parse_script("[[turn]]\nstep = [{ wait = 1 }]").turns[0].steps[0]
    assert step == Wait(1.0)
    with pytest.raises(UsageError, match="must be a number, got true"):
        parse_script("[[turn]]\nstep = [{ wait = true }]")
