"""The registry's firewall refuses: service endpoints, rules, and what defeats them."""
