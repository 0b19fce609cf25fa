"""Bytes to packet table: sources, capture formats, and header columns of whole blocks of packets."""
