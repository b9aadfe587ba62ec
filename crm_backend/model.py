"""Every table of the CRM, imported in one place so that migrations and tests see them all."""

# ruff: noqa: F401

import crm_backend.access.model
import crm_backend.accounts.model
import crm_backend.agents.model
import crm_backend.attachments.model
import crm_backend.audit.model
import crm_backend.board.model
import crm_backend.calendars.model
import crm_backend.call_backs.model
import crm_backend.canned.model
import crm_backend.cases.model
import crm_backend.cases.settings_model
import crm_backend.catalogue.model
import crm_backend.contact_form.model
import crm_backend.conversations.desk_model
import crm_backend.conversations.model
import crm_backend.conversations.notes_model
import crm_backend.customers.merges
import crm_backend.customers.model
import crm_backend.customers.records
import crm_backend.events.model
import crm_backend.gift_cards.model
import crm_backend.invoices.model
import crm_backend.keys.model
import crm_backend.knowledge.echo_model
import crm_backend.knowledge.index_model
import crm_backend.knowledge.model
import crm_backend.loyalty.model
import crm_backend.macros.model
import crm_backend.notices.model
import crm_backend.notifications.model
import crm_backend.offers.model
import crm_backend.orders.model
import crm_backend.payments.model
import crm_backend.policies.model
import crm_backend.portal.model
import crm_backend.privacy.model
import crm_backend.promo_codes.model
import crm_backend.proof_codes.model
import crm_backend.pushes.model
import crm_backend.repeats.model
import crm_backend.reports.model
import crm_backend.returns.model
import crm_backend.routing.model
import crm_backend.routing.settings_model
import crm_backend.rules.model
import crm_backend.satisfaction.model
import crm_backend.segments.model
import crm_backend.service_levels.model
import crm_backend.shops.model
import crm_backend.suggesting.model
import crm_backend.tags.model
import crm_backend.value.model
import crm_backend.webhooks.model
import crm_backend.wrap_up.model
from crm_backend.database import Base

__all__ = ["Base"]
