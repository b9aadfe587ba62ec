"""Every table of the CRM, imported in one place so that migrations and tests see them all."""

from crm_backend.accounts.model import Account
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.attachments.model import Attachment
from crm_backend.audit.model import AuditEntry
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import (
    Conversation,
    JoinCode,
    Message,
    OutboxItem,
    Participant,
    Rating,
    SentPart,
    Turn,
)
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import Base
from crm_backend.knowledge.model import Article, Passage, Translation
from crm_backend.notifications.model import ContactPreference, Notification
from crm_backend.orders.model import Order, OrderLine, Shipment, TrackingEvent, VerificationAttempt
from crm_backend.routing.model import QueueEntry

__all__ = [
    "Account",
    "Address",
    "Agent",
    "AgentSession",
    "Article",
    "Attachment",
    "AuditEntry",
    "Base",
    "ContactPreference",
    "Conversation",
    "Customer",
    "Identity",
    "JoinCode",
    "Message",
    "Notification",
    "Order",
    "OrderLine",
    "OutboxItem",
    "Participant",
    "Passage",
    "Product",
    "QueueEntry",
    "Rating",
    "SentPart",
    "Shipment",
    "TrackingEvent",
    "Translation",
    "Turn",
    "Variant",
    "VerificationAttempt",
]
