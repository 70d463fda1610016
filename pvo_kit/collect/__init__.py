"""Live collection over SSH: the right output of every appliance, read-only, as evidence.

``run.collect`` asks the appliances of an escalation what ``plan`` says and saves what they answer
in a folder that ``load`` reads. What can be typed at all stands in ``allowed``; ``shell`` types it.
Only ``connection`` and what it needs know SSH, and load paramiko when they are called.
"""
