"""Many bundles at once: who fails, why, in which subnets, and what the healthy ones are like."""
