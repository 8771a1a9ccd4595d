"""Alert rules against signals: fires or not, and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.judge import (
    judge,
    judge_example,
    matching_events,
    signal_of,
    story_of,
)
from monitor.model import Condition, MoveSignal, NoReaction, Signal, Status, StorySignal
from monitor.rules import RuleSet, shipped_rules
from monitor.rules.alerts import AlertRule, Example
from monitor.toml import read_toml, validated
from tests import deliver_day as its

STATUSES: tuple[Status, ...] = ("occurred", "announced", "considered", "denied", "reversed")


def rule(**given: object) -> AlertRule:
    plain = {"id": "r", "on": "story", "severity": "info", "title": "t", "match": [{}]}
    return AlertRule.model_validate({**plain, "no_match": [{}], **given})


def conditions(one: AlertRule, signal: Signal) -> Mapping[str, Condition]:
    judgement = judge(one, signal)
    assert judgement is not None
    assert (judgement.rule, judgement.signal) == (one.id, signal.key)
    return {condition.name: condition for condition in judgement.conditions}


def held(one: AlertRule, signal: Signal) -> Mapping[str, bool]:
    return {name: condition.held for name, condition in conditions(one, signal).items()}


def shipped() -> RuleSet:
    path = shipped_rules() / "alerts.toml"
    tables, mistakes = read_toml(path)
    assert not mistakes
    alerts = {}
    for number, row in enumerate(tables["alert"]):
        one, mistakes = validated(AlertRule, row, file=str(path), key=f"alert.{number}")
        assert not mistakes
        assert one is not None
        alerts[one.id] = one
    return RuleSet(entities={}, events={}, exposures=(), alerts=alerts, version="")


def test_a_rule_does_not_look_at_the_other_kind_of_signal() -> None:
    assert judge(rule(on="move"), its.STORY_SIGNAL) is None
    assert judge(rule(on="story"), its.MOVE_SIGNAL) is None


def test_only_conditions_that_are_set_are_recorded() -> None:
    assert conditions(rule(), its.STORY_SIGNAL) == {}
    judgement = judge(rule(), its.STORY_SIGNAL)
    assert judgement is not None
    assert judgement.fires


def test_every_condition_is_recorded_with_what_was_wanted_and_met() -> None:
    one = rule(
        on="move",
        symbols=["MP"],
        events=["dpa-invocation", "tariff"],
        statuses=["occurred", "considered"],
        verdicts=["explained"],
        min_exposure=0.5,
        min_outlets=6,
        min_abnormal_return=0.05,
        max_p_value=0.01,
        contradicted_claims=True,
    )
    told = conditions(one, replace(its.MOVE_SIGNAL, claims=(its.WRONG,)))
    events = "dpa-invocation (considered), public-funding (considered), price-move (occurred)"
    assert list(told.values()) == [
        Condition("symbols", "MP", "MP", True),
        Condition("events", "any of dpa-invocation, tariff", events, True),
        Condition("statuses", "any of occurred, considered", "dpa-invocation (considered)", True),
        Condition("verdicts", "explained", "explained", True),
        Condition("min_exposure", "at least 0.50", "1.00", True),
        Condition("min_outlets", "at least 6", "5", False),
        Condition("min_abnormal_return", "at least 5.0%, up or down", "+13.2%", True),
        Condition("max_p_value", "at most 0.01", "0.0042", True),
        Condition("contradicted_claims", "at least one", "'19% up'", True),
    ]
    assert set(told) <= set(AlertRule.model_fields)


def test_the_status_must_be_of_an_event_of_the_type_asked_for() -> None:
    story = replace(its.STORY, events=(("dpa-invocation", "denied"), ("price-move", "occurred")))
    signal = replace(its.STORY_SIGNAL, story=story)
    one = rule(events=["dpa-invocation"], statuses=["occurred"])
    assert held(one, signal) == {"events": True, "statuses": False}
    assert matching_events(one, signal) == ()


def test_statuses_without_events_are_of_any_event() -> None:
    assert held(rule(statuses=["considered"]), its.STORY_SIGNAL) == {"statuses": True}
    assert held(rule(statuses=["denied"]), its.STORY_SIGNAL) == {"statuses": False}
    assert matching_events(rule(statuses=["occurred"]), its.STORY_SIGNAL) == (
        ("price-move", "occurred"),
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(["dpa-invocation", "tariff", "price-move"]),
                  st.sampled_from(STATUSES)),
        unique=True,
    ),
    st.sets(st.sampled_from(STATUSES), min_size=1),
)  # fmt: skip
def test_a_rule_fires_only_on_a_pair_it_asks_for(
    events: list[tuple[str, Status]], statuses: set[Status]
) -> None:
    one = rule(events=["dpa-invocation", "tariff"], statuses=sorted(statuses))
    wanted = any(kind != "price-move" and status in statuses for kind, status in events)
    assert judge_example(one, Example(events=tuple(events))) is wanted


def test_a_move_without_a_candidate_has_no_story_to_meet_conditions() -> None:
    signal = MoveSignal("UUUU", its.move("UUUU", -0.07, "unexplained", abnormal=-0.06), (), its.NOW)
    assert story_of(signal) is None
    one = rule(
        on="move",
        events=["tariff"],
        statuses=["occurred"],
        min_exposure=0.1,
        min_outlets=2,
        contradicted_claims=True,
    )
    told = conditions(one, signal)
    assert not any(condition.held for condition in told.values())
    assert told["events"].value == "none"
    assert told["min_exposure"].value == "no story"
    assert told["min_outlets"].value == "0"
    assert told["contradicted_claims"].value == "none is contradicted"


def test_exposure_is_that_of_the_signals_own_security() -> None:
    one = rule(min_exposure=0.6)
    weaker = replace(its.STORY_SIGNAL, symbol="UUUU", exposure=its.STORY.exposures[1])
    assert held(one, its.STORY_SIGNAL) == {"min_exposure": True}
    assert held(one, weaker) == {"min_exposure": False}
    of_a_move = rule(on="move", min_exposure=0.6)
    other = replace(its.MOVE_SIGNAL, symbol="UUUU")
    assert conditions(of_a_move, other)["min_exposure"].value == "0.50"
    unknown = replace(its.MOVE_SIGNAL, symbol="ZZZ")
    assert conditions(of_a_move, unknown)["min_exposure"].value == "0.00"


def test_without_a_reaction_no_significance_is_met() -> None:
    signal = replace(its.STORY_SIGNAL, reaction=NoReaction("MP", "too early"))
    told = conditions(rule(min_abnormal_return=0, max_p_value=1), signal)
    assert [condition.held for condition in told.values()] == [False, False]
    assert told["max_p_value"].value == "unknown: too early"


def test_a_figure_that_is_not_a_number_meets_nothing() -> None:
    nan = float("nan")
    signal = replace(its.STORY_SIGNAL, reaction=replace(its.REACTION, car=nan, p_value=nan))
    assert not any(held(rule(min_abnormal_return=0, max_p_value=1), signal).values())


def test_a_fall_is_as_large_as_a_rise() -> None:
    signal = replace(its.STORY_SIGNAL, reaction=replace(its.REACTION, car=-0.1))
    assert held(rule(min_abnormal_return=0.1), signal) == {"min_abnormal_return": True}


@pytest.mark.parametrize("one", shipped().alerts.values(), ids=lambda one: one.id)
def test_shipped_rules_treat_their_examples_as_they_say(one: AlertRule) -> None:
    assert all(judge_example(one, example) for example in one.match)
    assert not any(judge_example(one, example) for example in one.no_match)


@pytest.mark.parametrize("one", shipped().alerts.values(), ids=lambda one: one.id)
def test_no_shipped_rule_fires_on_a_story_that_only_tells_a_price(one: AlertRule) -> None:
    story = Example(
        events=(("price-move", "occurred"),), outlets=9, abnormal_return=0.2, p_value=1e-6,
        contradicted=True,
    )  # fmt: skip
    assert not judge_example(one, story)


@pytest.mark.parametrize("status", ["denied", "reversed"])
@pytest.mark.parametrize("one", shipped().alerts.values(), ids=lambda one: one.id)
def test_what_is_denied_or_reversed_is_told_only_by_rules_named_so(
    one: AlertRule, status: Status
) -> None:
    for kind in one.events:
        told = {"outlets": 9, "abnormal_return": 0.2, "p_value": 1e-6}
        for verdict in (None, "explained"):
            example = Example.model_validate(
                {"events": [(kind, status)], "verdict": verdict, **told}
            )
            if judge_example(one, example):
                assert one.id.startswith("policy-reversal")
                assert "{status}" in one.title


def test_what_an_example_leaves_out_does_not_hold() -> None:
    signal = signal_of(Example())
    assert isinstance(signal, StorySignal)
    assert signal.story.events == ()
    assert isinstance(signal.reaction, NoReaction)
    assert signal.claims == ()
    half = signal_of(Example(abnormal_return=0.1))
    assert not judge_example(rule(max_p_value=0.99), Example(abnormal_return=0.1))
    assert not judge_example(rule(min_abnormal_return=0.01), Example(p_value=0.01))
    assert isinstance(half, StorySignal)
    bare = signal_of(Example(verdict="unexplained", outlets=0))
    assert isinstance(bare, MoveSignal)
    assert bare.explanation.candidates == ()
    assert story_of(signal_of(Example(verdict="explained", outlets=0))) is not None


@pytest.mark.parametrize(
    ("given", "key", "told"),
    [
        ({"events": ["tariff"]}, "statuses", "must be given where events are"),
        ({"verdicts": ["explained"]}, "verdicts", 'only a rule with on = "move"'),
        ({"title": "{return} up"}, "title", "may only use {symbol}, {name}"),
        ({"title": "{name.__class__}"}, "title", "may only use"),
        ({"title": "{name!r}"}, "title", "may only use"),
        ({"title": "{name:>9}"}, "title", "may only use"),
        ({"title": "{name"}, "title", "must be a template with {symbol}"),
        ({"title": ""}, "title", "at least 1 character"),
        ({"max_p_value": 0}, "max_p_value", "greater than 0"),
        ({"match": []}, "match", "at least 1 item"),
        ({"event": ["tariff"]}, "event", "did you mean 'events'?"),
    ],
)
def test_a_wrong_rule_is_told_with_its_key(given: dict[str, Any], key: str, told: str) -> None:
    plain = {"id": "r", "on": "story", "severity": "info", "title": "t", "match": [{}]}
    _, mistakes = validated(
        AlertRule, {**plain, "no_match": [{}], **given}, file="f", key="alert.0"
    )
    assert [mistake.key for mistake in mistakes] == [f"alert.0.{key}"]
    assert told in mistakes[0].what


def test_a_rule_on_moves_may_use_the_return_in_its_title() -> None:
    assert rule(on="move", title="{name} {return} {verdict}", verdicts=["explained"])
