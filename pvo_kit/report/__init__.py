"""Reports of a diagnosis: text for a terminal, a table for a notebook, HTML and Markdown pages.

``story`` puts a diagnosis in the order in which it is told; ``pages`` renders that as HTML or
Markdown from the templates beside it; ``text`` writes the short form for a terminal.
"""
