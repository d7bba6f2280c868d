"""The timeline of a trial's life as SVG, made on the server: no script, no style, colours from the page's classes."""
