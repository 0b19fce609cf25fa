"""Pictures of a capture as data: points, lines and arrows in its own numbers, for the screen and for files."""
