"""One packet to its field tree: Wireshark's field names and words, and the bytes every field lies in."""
