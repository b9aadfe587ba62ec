"""Every table of the CRM, imported in one place so that migrations and tests see them all."""

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit.model import AuditEntry
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import Base
from crm_backend.knowledge.model import Article, Passage, Translation
from crm_backend.orders.model import Order, OrderLine, Shipment, TrackingEvent, VerificationAttempt
from crm_backend.routing.model import QueueEntry

__all__ = [
    "Address",
    "Agent",
    "AgentSession",
    "Article",
    "AuditEntry",
    "Base",
    "Conversation",
    "Customer",
    "Identity",
    "Message",
    "Order",
    "OrderLine",
    "OutboxItem",
    "Passage",
    "Product",
    "QueueEntry",
    "Shipment",
    "TrackingEvent",
    "Translation",
    "Turn",
    "Variant",
    "VerificationAttempt",
]
