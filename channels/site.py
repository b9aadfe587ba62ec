"""What the site's own pages use of the chat on the site, under one door: the portal and the contact form speak for the
same people, in the same conversations (docs/adr/0016)."""

from channels.webchat.adapter import WebChat as SiteChat
from channels.webchat.frames import NAME, masked
from channels.webchat.hours import in_words
from channels.webchat.page import page_of
from channels.webchat.portal import pass_of
from channels.webchat.settings import WebChatSettings as SiteSettings
from channels.webchat.sign_in import Person, SignIn
from channels.webchat.visitors import Visitor
from channels.webchat.visitors import hashed as visitor_hash

__all__ = [
    "NAME",
    "Person",
    "SignIn",
    "SiteChat",
    "SiteSettings",
    "Visitor",
    "in_words",
    "masked",
    "page_of",
    "pass_of",
    "visitor_hash",
]
