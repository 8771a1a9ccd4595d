"""config.toml and the environment → one frozen Config, or all that is wrong with them at once."""

from monitor.config.checks import RESERVED
from monitor.config.load import Config, Secrets, load_config, packaged_config
from monitor.config.sources import FederalRegisterConfig, FeedConfig
from monitor.config.tables import (
    AppriseConfig,
    ConsoleConfig,
    RecipientConfig,
    Tables,
    WebhookConfig,
)

__all__ = [
    "RESERVED",
    "AppriseConfig",
    "Config",
    "ConsoleConfig",
    "FederalRegisterConfig",
    "FeedConfig",
    "RecipientConfig",
    "Secrets",
    "Tables",
    "WebhookConfig",
    "load_config",
    "packaged_config",
]
