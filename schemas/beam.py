"""Beam: how records travel between workers.

Importing this module registers a coder for each record, so that a PTransform annotated with
``PCollection[Mention]`` moves compact rows instead of pickles. The bytes are Beam's standard row
encoding (``beam:coder:row:v1``); the coder itself is pickled by reference, so that whichever worker
decodes a row imports this module and gets the very class back, not a generated look-alike.
"""

from typing import Any

from apache_beam.coders.coder_impl import RowCoderImpl
from apache_beam.coders.coders import FastCoder
from apache_beam.coders.row_coder import RowCoder
from apache_beam.coders.typecoders import registry
from apache_beam.portability.api import schema_pb2
from apache_beam.typehints.row_type import _BEAM_SCHEMA_ID
from apache_beam.typehints.schema_registry import SCHEMA_REGISTRY

from schemas.ids import content_id
from schemas.records import TABLES, fields_of

_TYPES = {
    "string": schema_pb2.STRING,
    "int": schema_pb2.INT64,
    "float": schema_pb2.DOUBLE,
    "bool": schema_pb2.BOOLEAN,
    "bytes": schema_pb2.BYTES,
    "timestamp": schema_pb2.INT64,  # microseconds, as the record holds them
}


def beam_schema(record: type[Any]) -> schema_pb2.Schema:
    """The Beam schema of a record; its id follows from its fields: the same in every process."""
    fields = [
        schema_pb2.Field(
            name=f.name,
            description=f.doc,
            type=schema_pb2.FieldType(nullable=f.nullable, atomic_type=_TYPES[f.kind]),
            id=position,
            encoding_position=position,
        )
        for position, f in enumerate(fields_of(record))
    ]
    shape = [f"{f.name}:{f.type.atomic_type}:{f.type.nullable}" for f in fields]
    return schema_pb2.Schema(fields=fields, id=f"tocsin-{content_id(record.__name__, *shape)}")


class RecordCoder(FastCoder):
    """Encodes one record class as Beam rows. Deterministic, so a record may be a key.

    Args:
        record: a record class of `schemas.records`.
    """

    def __init__(self, record: type[Any]) -> None:
        self.record = record

    def _create_impl(self) -> RowCoderImpl:
        row_coder = RowCoder(beam_schema(self.record))
        return RowCoderImpl(row_coder.schema, row_coder.components)

    def is_deterministic(self) -> bool:
        """True: equal records give equal bytes."""
        return True

    def to_type_hint(self) -> type[Any]:
        """The record class."""
        return self.record

    @classmethod
    def from_type_hint(cls, typehint: Any, registry: Any) -> Any:
        """What Beam's registry calls to make the coder of a type."""
        return cls(typehint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordCoder) and other.record is self.record

    def __hash__(self) -> int:
        return hash(self.record)

    def __reduce__(self) -> tuple[Any, ...]:
        return RecordCoder, (self.record,)


def register() -> None:
    """Make Beam use `RecordCoder` for every record, and know its schema. Idempotent."""
    for table in TABLES.values():
        schema = beam_schema(table.record)
        setattr(table.record, _BEAM_SCHEMA_ID, schema.id)
        SCHEMA_REGISTRY.add(table.record, schema)
        registry.register_coder(table.record, RecordCoder)


register()
