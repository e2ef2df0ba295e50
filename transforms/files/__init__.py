"""Files of every kind, told apart by content, become articles.

Plain Python: imports no Beam.
"""
