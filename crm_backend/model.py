"""Every table of the CRM, imported in one place so that migrations and tests see them all."""

from crm_backend.access.model import CustomRole
from crm_backend.accounts.model import Account
from crm_backend.agents.model import AccountLink, Agent, AgentSession, RecoveryCode, SignInRules, SignInTries
from crm_backend.attachments.model import Attachment
from crm_backend.audit.model import AuditEntry
from crm_backend.board.model import BoardTargets, Whisper
from crm_backend.calendars.model import Calendar, CalendarDay
from crm_backend.call_backs.model import Booking, BookingSchedule
from crm_backend.canned.model import CannedReply
from crm_backend.cases.model import (
    Case,
    CaseComment,
    CaseConversation,
    CaseEvent,
    CaseFile,
    CaseItem,
    CaseOrder,
    CaseRelation,
    CaseWatcher,
)
from crm_backend.cases.settings_model import (
    CaseCategory,
    CasePriority,
    CaseResolution,
    CaseStatus,
    CaseTemplate,
    CaseTransition,
    CaseType,
)
from crm_backend.catalogue.model import Product, Variant
from crm_backend.contact_form.model import FormEnd
from crm_backend.conversations.desk_model import AnswerDraft, HeldAnswer, SavedFilter
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
from crm_backend.conversations.notes_model import Mention, MentionSettings, PrivateNote, Reminder
from crm_backend.customers.merges import DuplicatePair, Merge, MergeStep
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.customers.records import (
    AttributeDefinition,
    AttributeValue,
    ConsentEvent,
    CustomerTag,
    Document,
    Group,
    Member,
    Note,
    Tag,
)
from crm_backend.database import Base
from crm_backend.events.model import Event, EventCounter, QueuedEvent
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry, GiftCardTry
from crm_backend.invoices.model import Invoice, InvoiceCounter
from crm_backend.keys.model import ApiKey, KeptAnswer
from crm_backend.knowledge.echo_model import (
    ArticleOpinion,
    ArticleTest,
    ArticleViews,
    QuestionGroup,
    UnansweredQuestion,
)
from crm_backend.knowledge.index_model import ArticleStem, ArticleTerm, ArticleWord, Middle, Synonym
from crm_backend.knowledge.model import (
    Article,
    ArticleAddress,
    ArticleFile,
    ArticleVersion,
    Category,
    Passage,
    Translation,
)
from crm_backend.loyalty.model import LoyaltyAdjustment, LoyaltyLevel, LoyaltyMember, LoyaltyProgramme
from crm_backend.macros.model import Macro
from crm_backend.notices.model import AgentNotice
from crm_backend.notifications.model import ContactPreference, Notification
from crm_backend.offers.model import ProductPair
from crm_backend.orders.model import Command, Order, OrderLine, Shipment, TrackingEvent, VerificationAttempt
from crm_backend.payments.model import Payment, Refund, RefundPart
from crm_backend.policies.model import Policy
from crm_backend.portal.model import PortalToken, PortalVisit
from crm_backend.privacy.model import Erasure, RetentionRule, RetentionRun
from crm_backend.promo_codes.model import PromoCode, PromoCodeTry, PromoCodeUse
from crm_backend.proof_codes.model import ProofCode
from crm_backend.pushes.model import Push, PushKeys, PushSubscription
from crm_backend.repeats.model import RepeatedFact
from crm_backend.reports.model import (
    ReportContact,
    ReportMailing,
    ReportProgress,
    ReportRecipient,
    ReportSend,
    ReportStay,
)
from crm_backend.returns.model import Return, ReturnFile, ReturnLine
from crm_backend.routing.model import ConversationHelper, QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence, AgentSkill, ChannelWeight, Skill, Team, TeamMember
from crm_backend.rules.model import Rule, RuleRun, RuleTimer
from crm_backend.satisfaction.model import SatisfactionAsk, SatisfactionSetting
from crm_backend.segments.model import Segment
from crm_backend.service_levels.model import (
    CaseClock,
    ContractUse,
    ServiceContract,
    ServicePolicy,
    ServicePolicyVersion,
)
from crm_backend.shops.model import Shop
from crm_backend.suggesting.model import CannedVector, SolvedConversation, SuggestionOutcome
from crm_backend.tags.model import ConversationTag
from crm_backend.value.model import (
    ChangedCustomer,
    CustomerValue,
    ScoreCut,
    StageChange,
    ValueModel,
    ValueRun,
    ValueSettings,
)
from crm_backend.webhooks.model import Subscription, WebhookDelivery
from crm_backend.wrap_up.model import ClosingReason, WrapUp, WrapUpRule

__all__ = [
    "Account",
    "AccountLink",
    "Address",
    "Agent",
    "AgentNotice",
    "AgentPresence",
    "AgentSession",
    "AgentSkill",
    "AnswerDraft",
    "ApiKey",
    "Article",
    "ArticleAddress",
    "ArticleFile",
    "ArticleOpinion",
    "ArticleStem",
    "ArticleTerm",
    "ArticleTest",
    "ArticleVersion",
    "ArticleViews",
    "ArticleWord",
    "Attachment",
    "AttributeDefinition",
    "AttributeValue",
    "AuditEntry",
    "Base",
    "BoardTargets",
    "Booking",
    "BookingSchedule",
    "Calendar",
    "CalendarDay",
    "CannedReply",
    "CannedVector",
    "Case",
    "CaseCategory",
    "CaseClock",
    "CaseComment",
    "CaseConversation",
    "CaseEvent",
    "CaseFile",
    "CaseItem",
    "CaseOrder",
    "CasePriority",
    "CaseRelation",
    "CaseResolution",
    "CaseStatus",
    "CaseTemplate",
    "CaseTransition",
    "CaseType",
    "CaseWatcher",
    "Category",
    "ChangedCustomer",
    "ChannelWeight",
    "ClosingReason",
    "Command",
    "ConsentEvent",
    "ContactPreference",
    "ContractUse",
    "Conversation",
    "ConversationHelper",
    "ConversationTag",
    "CustomRole",
    "Customer",
    "CustomerTag",
    "CustomerValue",
    "Document",
    "DuplicatePair",
    "Erasure",
    "Event",
    "EventCounter",
    "FormEnd",
    "GiftCard",
    "GiftCardEntry",
    "GiftCardTry",
    "Group",
    "HeldAnswer",
    "Identity",
    "Invoice",
    "InvoiceCounter",
    "JoinCode",
    "KeptAnswer",
    "LoyaltyAdjustment",
    "LoyaltyLevel",
    "LoyaltyMember",
    "LoyaltyProgramme",
    "Macro",
    "Member",
    "Mention",
    "MentionSettings",
    "Merge",
    "MergeStep",
    "Message",
    "Middle",
    "Note",
    "Notification",
    "Order",
    "OrderLine",
    "OutboxItem",
    "Participant",
    "Passage",
    "Payment",
    "Policy",
    "PortalToken",
    "PortalVisit",
    "PrivateNote",
    "Product",
    "ProductPair",
    "PromoCode",
    "PromoCodeTry",
    "PromoCodeUse",
    "ProofCode",
    "Push",
    "PushKeys",
    "PushSubscription",
    "QuestionGroup",
    "QueueEntry",
    "QueuedEvent",
    "Rating",
    "RecoveryCode",
    "Refund",
    "RefundPart",
    "Reminder",
    "RepeatedFact",
    "ReportContact",
    "ReportMailing",
    "ReportProgress",
    "ReportRecipient",
    "ReportSend",
    "ReportStay",
    "RetentionRule",
    "RetentionRun",
    "Return",
    "ReturnFile",
    "ReturnLine",
    "RoutingOffer",
    "Rule",
    "RuleRun",
    "RuleTimer",
    "SatisfactionAsk",
    "SatisfactionSetting",
    "SavedFilter",
    "ScoreCut",
    "Segment",
    "SentPart",
    "ServiceContract",
    "ServicePolicy",
    "ServicePolicyVersion",
    "Shipment",
    "Shop",
    "SignInRules",
    "SignInTries",
    "Skill",
    "SolvedConversation",
    "StageChange",
    "Subscription",
    "SuggestionOutcome",
    "Synonym",
    "Tag",
    "Team",
    "TeamMember",
    "TrackingEvent",
    "Translation",
    "Turn",
    "UnansweredQuestion",
    "ValueModel",
    "ValueRun",
    "ValueSettings",
    "Variant",
    "VerificationAttempt",
    "WebhookDelivery",
    "Whisper",
    "WrapUp",
    "WrapUpRule",
]
