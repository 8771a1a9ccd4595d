"""The log: lines for people on standard error; standard output holds nothing but answers."""

from __future__ import annotations

import sys

import structlog

from monitor.terminal import harmless


def log_to_stderr() -> None:
    """Colours where standard error is a terminal, plain text elsewhere."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # the prettier traceback shows local variables, which may be secrets
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
            lambda _, __, line: harmless(str(line)),
        ],
        # asked anew for each logger: what standard error is may change
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
