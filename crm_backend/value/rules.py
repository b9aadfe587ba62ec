"""When a customer is in which stage of life, and who is a VIP: the defaults, and what the company puts in their place.

Rules are those of segments (`crm_backend.segments.rules`), tried in the order of the stages; who fits none is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_backend.errors import Invalid
from crm_backend.segments import rules
from crm_backend.segments.fields import Field
from crm_backend.value.model import STAGES, ValueSettings

RULED = STAGES[:-1]
"""The stages with a rule; the last is for everybody else."""
DEFAULT_STAGES: dict[str, dict[str, Any]] = {
    "prospect": {"field": "orders", "op": "eq", "value": 0},
    "new": {"field": "first_order", "op": "in_last_days", "value": 90},
    "active": {"field": "last_order", "op": "in_last_days", "value": 180},
    "declining": {"field": "last_order", "op": "in_last_days", "value": 365},
}
DEFAULT_VIP: dict[str, Any] = {
    "all": [
        {"field": "recency_score", "op": "ge", "value": 4},
        {"field": "frequency_score", "op": "ge", "value": 4},
        {"field": "monetary_score", "op": "eq", "value": 5},
    ]
}
_NOT_OF_STAGES = frozenset({"stage", "stage_since", "vip"})
_NOT_OF_VIP = frozenset({"vip"})


def stage_rules(settings: ValueSettings, fields: Mapping[str, Field]) -> dict[str, rules.Rule]:
    """The rule of each stage but the last. The default stands in for one that asks about an attribute which was
    deleted: customers go on having stages."""
    return {stage: _read(settings.stage_rules.get(stage), DEFAULT_STAGES[stage], fields) for stage in RULED}


def vip_rule(settings: ValueSettings, fields: Mapping[str, Field]) -> rules.Rule:
    """The rule by which customers are VIPs, or its default like that of stages."""
    return _read(settings.vip_rule, DEFAULT_VIP, fields)


def checked_stages(given: object, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Rules of stages as they are kept. A stage that is left out, or null, keeps its default.

    Raises Invalid with the place of what is wrong.
    """
    if not isinstance(given, dict):
        raise Invalid("stage_rules", "not_a_rule")
    for stage in given:
        if stage not in RULED:
            raise Invalid(f"stage_rules.{str(stage)[:40]}", "unknown_key")
    return {
        stage: rules.written(rules.read(rule, fields, path=f"stage_rules.{stage}", barred=_NOT_OF_STAGES), kept=True)
        for stage, rule in given.items()
        if rule is not None
    }


def checked_vip(given: object, fields: Mapping[str, Field]) -> dict[str, Any] | None:
    """The rule of VIPs as it is kept; None for the default. Raises Invalid with the place of what is wrong."""
    if given is None:
        return None
    return rules.written(rules.read(given, fields, path="vip_rule", barred=_NOT_OF_VIP), kept=True)


def _read(own: object, default: dict[str, Any], fields: Mapping[str, Field]) -> rules.Rule:
    try:
        return rules.read(default if own is None else own, fields)
    except Invalid:
        return rules.read(default, fields)
