"""The steps of the flow, one a file: thin PTransforms over plain functions."""
