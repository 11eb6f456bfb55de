"""An offline catalogue of titles: files of works that one has → one index → which work a title, a short name or an identifier means."""
