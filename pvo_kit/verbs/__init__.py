"""Verbs of the command line that have a module of their own: options, and how they are run.

Each ``add`` puts one verb onto the parser; what a verb needs is imported when it runs.
"""
