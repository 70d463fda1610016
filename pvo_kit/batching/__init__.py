"""Archives of escalations: the same diagnosis over hundreds of cases, and one table of all.

    ARCHIVE... ──archive──▶ Escalation ──task──▶ CaseResult ──fleet──▶ fleet.csv, index.html
                                        (a process each, or a cluster)

``task`` is a plain function and knows of no other case; ``run`` hands it to an executor and
collects the results in order; ``workers`` makes the executors. What is on disk is told by
``folder`` (RUNS) and ``record`` (one case).
"""
