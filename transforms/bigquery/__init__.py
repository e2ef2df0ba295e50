"""BigQuery as a home for the tables: the same rows, views and promises as a folder of Parquet.

`store` is what a run reads and writes; `tables` creates tables and views; `load` stages and
commits; `query` reads within a bound of bytes; `stream` inserts row by row for unbounded runs.
"""
