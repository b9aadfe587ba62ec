"""What agents do and keep at the desk: notes and mentions, reminders, filters, drafts, many things at once."""
