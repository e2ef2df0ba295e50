"""Feeds: fetched politely, parsed whatever they hold, dated, identified. Plain Python, no Beam."""
