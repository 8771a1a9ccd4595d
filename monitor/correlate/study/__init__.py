"""Event studies. Pure.

To be read as the literature is: `returns` (prices to returns), `models` (normal returns),
`abnormal` (abnormal returns of many events), `pooled` with `dependence` (tests over events),
`multiple` (many p-values). `reaction` is one event, `study` many; `intraday` is the inside of a
session. Formulas and what they assume are in docs/method.md.
"""
