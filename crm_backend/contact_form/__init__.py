"""The help centre's contact form: what is sent by it, and what it saved."""
