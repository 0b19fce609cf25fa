"""Lets the tests of this room import its helper modules (tcp_machine, tcp_tables)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
