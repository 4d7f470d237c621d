"""归并方案 (DOMAIN §0, §4.6): facts of a plan, its gates, its score and its money, by a dated rule sheet. Pure and exact."""
