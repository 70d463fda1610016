"""Reports of a diagnosis: text for a terminal, a table for a notebook, HTML and Markdown pages.

``story`` puts a diagnosis in the order in which it is told, ``asking`` what is missing in the order
to type; ``pages`` renders them as HTML or Markdown from the templates beside it (``markdown``
escapes for the latter); ``text`` writes the short form for a terminal. ``study`` tells a case for
somebody who was not there, with its ``environment``, ``pictures`` and general ``background``.
"""
