"""Prometheus figures of this process."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TURNS = Counter("relais_turns_total", "Turns of the assistant, by outcome.", ["outcome"])
TURN_SECONDS = Histogram("relais_turn_seconds", "From claiming a turn to storing its replies.", buckets=BUCKETS)
RECEIVED = Counter("relais_received_total", "Messages received, by channel and whether new.", ["channel", "kind"])
DELIVERIES = Counter("relais_deliveries_total", "Replies handed to a channel, by outcome.", ["channel", "outcome"])
REQUESTS = Counter("relais_requests_total", "HTTP requests, by status.", ["status"])
RECEIPTS = Counter("relais_receipts_total", "What platforms told of sent messages, by kind.", ["channel", "state"])
DEAD_LETTERS = Gauge("relais_dead_letters", "Replies that could not be delivered.", ["channel", "account"])
ACCOUNTS_PAUSED = Gauge(
    "relais_account_paused",
    "1 while nothing is sent by an account: its platform is in trouble.",
    ["channel", "account"],
)
PUSHES = Counter("relais_pushes_total", "Pushes to agents' browsers, by outcome.", ["outcome"])
WEBHOOKS = Counter("relais_webhooks_total", "Events posted to subscribers, by outcome.", ["outcome"])
