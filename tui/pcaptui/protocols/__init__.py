"""What a packet's bytes say: one module a protocol, found through a registry."""
