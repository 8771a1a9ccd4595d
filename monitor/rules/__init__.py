"""rules/*.toml → a frozen RuleSet: entities, events, exposures, alert rules. Data, not code."""

from monitor.rules.load import RuleSet, load_rules, shipped_rules

__all__ = ["RuleSet", "load_rules", "shipped_rules"]
