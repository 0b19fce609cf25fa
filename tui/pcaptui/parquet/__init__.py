"""Streams and packets as Parquet files, for who has more captures than one machine holds. Needs pyarrow."""

from .writing import write_parquet

__all__ = ["write_parquet"]
