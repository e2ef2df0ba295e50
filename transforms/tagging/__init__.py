"""Finds mentions of strikes, envoys and sanctions in text. Plain Python and spaCy; imports no Beam."""

from transforms.tagging.tagger import Tagged, Tagger, has_trigger, shared_tagger

__all__ = ["Tagged", "Tagger", "has_trigger", "shared_tagger"]
