"""Parsers: one small module per command family, a transcript to frozen facts.

Each module's ``parse(reading)`` takes a Reading and returns facts. What it did not look at stays
in ``reading.rest`` and is counted, never lost.
"""
