"""Reports as people meet them: in words, as tables to take away, and as mails."""
