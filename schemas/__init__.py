"""The records of Tocsin, each defined once, and every schema that follows from them."""
