"""The screens: the main one with its three panes, and those that open above it."""
