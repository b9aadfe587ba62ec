"""What is wrong with an order, a return, a refund, a gift card, an invoice or a policy; or why it is not possible."""

from crm_backend.policies.words import REASONS

__all__ = ["REASONS"]
