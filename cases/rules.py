"""Rule sets: what differs between NCPs, as versioned files in `cases/rulesets/`.

A rule set is named `id@version` (`kz@1`); a case keeps the name that it began under, so a new
version never moves the dates of an open case. `kz.toml` is the current version and states its
number. To change it: copy it to `kz@1.toml`, then edit `kz.toml` and set `version = 2`; both are
found from then on. `extends` always names a version (`oecd-2023@1`), so that a new parent does
not change an old child. A published version is never edited, but for its wording.

A child takes over everything of its parent. Tables are merged key by key; deadlines are matched
by `kind`, criteria and reasons by `code`; new ones are added at the end; `without_deadlines`,
`without_criteria` and `without_not_registered` drop some of the parent's.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from cases.ruleset import (
    LANGUAGES,
    Criterion,
    DeadlineRule,
    DecisionRule,
    Effects,
    Length,
    Lengthening,
    Reason,
    RuleSet,
    Text,
    UsualExtension,
)

__all__ = [
    "Criterion",
    "DeadlineRule",
    "DecisionRule",
    "Effects",
    "Length",
    "Reason",
    "RuleSet",
    "RuleSetError",
    "Text",
    "UnknownRuleSet",
    "available",
    "load",
    "validate",
]

FOLDER = Path(__file__).parent / "rulesets"
UNITS = ("months", "days", "working_days")
OWERS = ("ncp", "complainant", "respondent", "both", "mediator", "body", "consulted")
DECIDED_BY = ("one", "two", "vote")
MAJORITIES = ("simple", "absolute", "two_thirds")
DISSENT = ("none", "recorded", "published")
VOTES_SHOWN_TO = ("ncp", "counts", "names")
DECIDERS_SHOWN = ("names", "seats")
EVENT_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
CODE = re.compile(r"[a-z][a-z0-9_]*")
NAME = re.compile(r"(?P<id>[a-z][a-z0-9-]*)(@(?P<version>[1-9][0-9]*))?")


class RuleSetError(Exception):
    """A rule set that cannot be used: names the file, the key and what is wrong with it."""

    def __init__(self, file: str, key: str, why: str) -> None:
        super().__init__(f"{file}: {key}: {why}" if key else f"{file}: {why}")
        self.file, self.key, self.why = file, key, why


class UnknownRuleSet(RuleSetError):
    """No file holds this rule set, or not in this version."""


def load(name: str, *, folder: Path = FOLDER) -> RuleSet:
    """The rule set `id@version`, or the current version of `id`.

    Raises UnknownRuleSet where no file holds it and RuleSetError where the file is wrong.
    """
    return _load(name, folder)


def available(*, folder: Path = FOLDER) -> tuple[str, ...]:
    """The names (`id@version`) of every rule set in the folder, sorted."""
    return tuple(sorted(load(path.stem, folder=folder).name for path in folder.glob("*.toml")))


def validate(data: Mapping[str, Any], *, file: str) -> RuleSet:
    """Build a rule set from a complete mapping (the parent merged in).

    Raises RuleSetError that names the file, the key and what is wrong.
    """
    return _Reader(file).rule_set(data)


@cache
def _load(name: str, folder: Path) -> RuleSet:
    return validate(_merged(name, folder, seen=()), file=_path(name, folder).name)


def _path(name: str, folder: Path) -> Path:
    match = NAME.fullmatch(name)
    if not match:
        raise UnknownRuleSet(name, "", "a rule set is named like kz or kz@1")
    current = folder / f"{match['id']}.toml"
    if match["version"] is None:
        if current.exists():
            return current
        raise UnknownRuleSet(current.name, "", "there is no such file")
    kept = folder / f"{name}.toml"
    if kept.exists():
        return kept
    if current.exists() and _parse(current).get("version") == int(match["version"]):
        return current
    raise UnknownRuleSet(kept.name, "", "no file holds this version")


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleSetError(path.name, "", f"not valid TOML: {error}") from error


def _merged(name: str, folder: Path, *, seen: tuple[str, ...]) -> dict[str, Any]:
    path = _path(name, folder)
    data = _parse(path)
    own_id, _, kept_version = path.stem.partition("@")
    if data.get("id") != own_id:
        raise RuleSetError(path.name, "id", f"must be {own_id!r} as in the file's name")
    if kept_version and data.get("version") != int(kept_version):
        raise RuleSetError(path.name, "version", f"must be {kept_version} as in the file's name")
    parent = data.get("extends", "")
    if not parent:
        return data
    if not isinstance(parent, str) or "@" not in parent:
        raise RuleSetError(path.name, "extends", "must name a version, like oecd-2023@1")
    if parent in seen or parent == f"{own_id}@{data.get('version')}":
        raise RuleSetError(path.name, "extends", "a rule set cannot extend itself")
    try:
        inherited = _merged(parent, folder, seen=(*seen, parent))
    except UnknownRuleSet as error:
        raise RuleSetError(path.name, "extends", f"{parent}: {error.why}") from error
    return _extend(inherited, data, file=path.name)


def _extend(parent: dict[str, Any], child: dict[str, Any], *, file: str) -> dict[str, Any]:
    lists = {"deadline": "kind", "criterion": "code", "not_registered": "code"}
    drops = {
        "without_deadlines": "deadline",
        "without_criteria": "criterion",
        "without_not_registered": "not_registered",
    }
    result = dict(parent)
    for drop, name in drops.items():
        unknown = set(child.get(drop, [])) - {item[lists[name]] for item in parent.get(name, [])}
        if unknown:
            raise RuleSetError(file, drop, f"the parent has no {min(unknown)!r}")
        result[name] = [
            item for item in parent.get(name, []) if item[lists[name]] not in child.get(drop, [])
        ]
    for key, value in child.items():
        if key in drops:
            continue
        if key in lists and isinstance(value, list):
            result[key] = _extend_list(result[key], value, by=lists[key])
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = {**result[key], **value}
        else:
            result[key] = value
    return result


def _extend_list(parent: list[Any], child: list[Any], *, by: str) -> list[Any]:
    """Replaced ones keep the parent's place; what the child states twice stays twice."""
    own = [item if isinstance(item, dict) else {} for item in child]
    codes = [item[by] for item in parent]
    replaced = {
        item.get(by): {**old, **item} for old in parent for item in own if item.get(by) == old[by]
    }
    seen: list[Any] = []
    added = []
    for item in child:
        code = item.get(by) if isinstance(item, dict) else None
        if code not in codes or code in seen:
            added.append(item)
        seen.append(code)
    return [*(replaced.get(item[by], item) for item in parent), *added]


class _Reader:
    """Turns tables of one file into dataclasses and says exactly what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, key: str, why: str) -> RuleSetError:
        return RuleSetError(self.file, key, why)

    def rule_set(self, data: Mapping[str, Any]) -> RuleSet:
        known = {"id", "version", "edition", "extends", "title", "options", "decision"}
        self.only(data, known | {"deadline", "criterion", "not_registered"}, "")
        options = self.table(data, "options", "")
        names = ("allows_examination", "allows_determinations", "allows_review")
        self.only(options, {*names, "open_cases_listed_from", "to_confirm"}, "options")
        listed_from = self.typed(options, "open_cases_listed_from", str, "options")
        if listed_from:
            self.event(listed_from, "options.open_cases_listed_from")
        to_confirm = tuple(options.get("to_confirm", ()))
        for name in to_confirm:
            if name not in options:
                raise self.fail("options.to_confirm", f"there is no option {name!r}")
        return RuleSet(
            id=self.typed(data, "id", str, ""),
            version=self.positive(data, "version", ""),
            edition=self.choice(data, "edition", ("2000", "2011", "2023"), ""),
            extends=data.get("extends", ""),
            title=self.text(data, "title", ""),
            deadlines=self.unique(data, "deadline", self.deadline, by="kind"),
            criteria=self.unique(data, "criterion", self.criterion, by="code"),
            not_registered=self.unique(data, "not_registered", self.reason, by="code"),
            decision=self.decision(self.table(data, "decision", "")),
            open_cases_listed_from=listed_from,
            options_to_confirm=to_confirm,
            **{name: self.typed(options, name, bool, "options") for name in names},
        )

    def deadline(self, data: Mapping[str, Any], key: str) -> DeadlineRule:
        self.only(data, {field.name for field in fields(DeadlineRule)}, key)
        values: dict[str, Any] = {
            "kind": self.code(data, "kind", key),
            "label": self.text(data, "label", key),
            "legal_basis": self.text(data, "legal_basis", key),
            "owed_by": self.choice(data, "owed_by", OWERS, key),
            **self.length(data, key),
        }
        for name in ("starts", "ends", "lapses", "restarts"):
            if name in data or name in ("starts", "ends"):
                values[name] = self.events(data, name, key)
                if not values[name] and name in ("starts", "ends"):
                    raise self.fail(f"{key}.{name}", "needs at least one event")
        for name in ("reminders", "escalation"):
            days = tuple(self.typed(data, name, list, key) if name in data else ())
            if any(type(day) is not int or day < 0 for day in days) or len(set(days)) < len(days):
                raise self.fail(f"{key}.{name}", "must be different whole numbers of days")
            values[name] = tuple(sorted(days, reverse=name == "reminders"))
        for name in ("public", "to_confirm", "enabled"):
            if name in data:
                values[name] = self.typed(data, name, bool, key)
        if data.get("condition"):
            values["condition"] = self.code(data, "condition", key)
        if "outcomes" in data:
            values["outcomes"] = tuple(self.typed(data, "outcomes", list, key))
        values["lengthened"] = tuple(
            Lengthening(
                event=self.event(more.get("event"), f"{key}.lengthened.event"),
                **self.length(more, f"{key}.lengthened"),
            )
            for more in data.get("lengthened", ())
        )
        if "extension" in data:
            usual = self.table(data, "extension", key)
            times = self.positive(usual, "times", f"{key}.extension")
            values["extension"] = UsualExtension(
                times=times, **self.length(usual, f"{key}.extension")
            )
        return DeadlineRule(**values)

    def criterion(self, data: Mapping[str, Any], key: str) -> Criterion:
        self.only(data, {"code", "title", "question"}, key)
        return Criterion(
            code=self.code(data, "code", key),
            title=self.text(data, "title", key),
            question=self.text(data, "question", key),
        )

    def reason(self, data: Mapping[str, Any], key: str) -> Reason:
        self.only(data, {"code", "label"}, key)
        return Reason(code=self.code(data, "code", key), label=self.text(data, "label", key))

    def decision(self, data: Mapping[str, Any]) -> DecisionRule:
        self.only(data, {field.name for field in fields(DecisionRule)}, "decision")
        values: dict[str, Any] = {}
        for name in ("casting_vote", "consensus", "written"):
            if name in data:
                values[name] = self.typed(data, name, bool, "decision")
        for name in ("written_days", "challenge_days"):
            if name in data:
                values[name] = self.positive(data, name, "decision")
        for name, choices in (
            ("dissent", DISSENT),
            ("votes_shown_to", VOTES_SHOWN_TO),
            ("deciders_shown", DECIDERS_SHOWN),
        ):
            if name in data:
                values[name] = self.choice(data, name, choices, "decision")
        rule = DecisionRule(
            by=self.choice(data, "by", DECIDED_BY, "decision"),
            quorum=self.positive(data, "quorum", "decision"),
            majority=self.choice(data, "majority", MAJORITIES, "decision"),
            alternates=self.typed(data, "alternates", bool, "decision"),
            to_confirm=self.typed(data, "to_confirm", bool, "decision"),
            **values,
        )
        if rule.casting_vote and (rule.by, rule.majority) != ("vote", "simple"):
            raise self.fail("decision.casting_vote", "needs a vote by simple majority")
        if rule.consensus and rule.by != "vote":
            raise self.fail("decision.consensus", "needs a vote")
        if rule.votes_shown_to == "names" and rule.deciders_shown == "seats":
            raise self.fail("decision.votes_shown_to", "would name those whom deciders_shown hides")
        needed = {"one": 1, "two": 2}.get(rule.by)
        if needed and rule.quorum != needed and not (needed == 2 and rule.quorum == 1):
            raise self.fail("decision.quorum", f"must be {needed} where {rule.by} decides")
        return rule

    # The small parts: each returns the value or raises with its full key.

    def only(self, data: Mapping[str, Any], known: set[str], key: str) -> None:
        for name in data:
            if name not in known:
                raise self.fail(_join(key, name), "is not known here; misspelt?")

    def typed(self, data: Mapping[str, Any], name: str, kind: type, key: str) -> Any:
        if name not in data:
            raise self.fail(_join(key, name), "is missing")
        if type(data[name]) is not kind:
            words = {str: "text", int: "a whole number", bool: "true or false", list: "a list"}
            raise self.fail(_join(key, name), f"must be {words.get(kind, 'a table')}")
        return data[name]

    def table(self, data: Mapping[str, Any], name: str, key: str) -> Mapping[str, Any]:
        return self.typed(data, name, dict, key)

    def positive(self, data: Mapping[str, Any], name: str, key: str) -> int:
        value = self.typed(data, name, int, key)
        if value < 1:
            raise self.fail(_join(key, name), "must be 1 or more")
        return value

    def choice(self, data: Mapping[str, Any], name: str, choices: tuple[str, ...], key: str) -> str:
        value = self.typed(data, name, str, key)
        if value not in choices:
            raise self.fail(_join(key, name), f"must be one of {', '.join(choices)}")
        return value

    def code(self, data: Mapping[str, Any], name: str, key: str) -> str:
        value = self.typed(data, name, str, key)
        if not CODE.fullmatch(value):
            raise self.fail(_join(key, name), "must be small letters, digits and underscores")
        return value

    def length(self, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        return {
            "length": self.positive(data, "length", key),
            "unit": self.choice(data, "unit", UNITS, key),
        }

    def text(self, data: Mapping[str, Any], name: str, key: str) -> Text:
        table = self.table(data, name, key)
        self.only(table, set(LANGUAGES), _join(key, name))
        for language in LANGUAGES:
            if not self.typed(table, language, str, _join(key, name)).strip():
                raise self.fail(f"{_join(key, name)}.{language}", "is empty")
        return Text(**table)

    def event(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not EVENT_NAME.fullmatch(value):
            raise self.fail(key, f"{value!r} is no event; events read like case.received")
        return value

    def events(self, data: Mapping[str, Any], name: str, key: str) -> tuple[str, ...]:
        return tuple(
            self.event(value, _join(key, name)) for value in self.typed(data, name, list, key)
        )

    def unique(self, data: Mapping[str, Any], name: str, read: Any, *, by: str) -> tuple[Any, ...]:
        result: dict[str, Any] = {}
        for position, item in enumerate(self.typed(data, name, list, ""), start=1):
            if not isinstance(item, dict):
                raise self.fail(f"{name}[{position}]", "must be a table")
            code = item.get(by, "")
            key = f"{name}[{code}]" if code and isinstance(code, str) else f"{name}[{position}]"
            if code in result:
                raise self.fail(key, "stands here twice")
            result[code] = read(item, key)
        if not result:
            raise self.fail(name, "needs at least one entry")
        return tuple(result.values())


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
