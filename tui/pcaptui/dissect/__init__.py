"""One packet: its row in the list, and its field tree."""
