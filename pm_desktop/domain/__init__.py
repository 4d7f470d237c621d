"""Nouns and rules of the field (DOMAIN §4): records, enumerations, pure functions. No I/O."""
