"""What the rest of the article says about participants that a sentence leaves out."""

from typing import TYPE_CHECKING

from transforms.tagging.fill import PlaceMap

if TYPE_CHECKING:
    from transforms.tagging.tagger import Found


def settle(found: "list[Found]", places: dict[int, PlaceMap], title: str, text: str) -> None:
    """Fill countries that all the article's other mentions of the category agree on. Empty beats guessed."""
    for category in {f.candidate.trigger.category for f in found}:
        group = [
            f for f in found if f.candidate.trigger.category == category and f.candidate.counted
        ]
        pairs = {(f.filled.actor_country, f.filled.target_country) for f in group}
        full = {p for p in pairs if p[0] and p[1]}
        if len(full) != 1:
            continue
        actor, target = next(iter(full))
        for f in group:
            a, t = f.filled.actor_country, f.filled.target_country
            if (a in ("", actor)) and (t in ("", target)):
                f.filled = f.filled._replace(actor_country=actor, target_country=target)
