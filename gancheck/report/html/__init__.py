"""Pages: one file each, without any request to a network, drawn by a small script from numbers inside the page."""
