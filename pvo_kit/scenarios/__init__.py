"""The six scenarios, one module each; this is their registry."""

from pvo_kit.scenarios import (
    cluster_levels,
    delivery_interface,
    feature_key_mismatch,
    migration_not_committed,
    sma_offline,
    tls_no_certificate,
)

SCENARIOS = (
    sma_offline.SCENARIO,
    migration_not_committed.SCENARIO,
    delivery_interface.SCENARIO,
    tls_no_certificate.SCENARIO,
    feature_key_mismatch.SCENARIO,
    cluster_levels.SCENARIO,
)
