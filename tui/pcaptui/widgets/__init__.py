"""Panes and lines drawn with Textual's line API. They hold no packet knowledge: they ask the capture."""
