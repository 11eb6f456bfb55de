"""Relations that the user stated or accepted → lines of the notes, in the notes' own style.

`planning` chooses what to write where, `checking` reads each patched text again and takes only what states just the wanted
relation and changes nothing else, `journal` applies it to several files at once.
"""
