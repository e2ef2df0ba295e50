"""Which entries of a feed are new or changed, as the feed's state tells."""

from schemas.ids import content_id
from transforms.feeds.entry import Entry, ParsedFeed
from transforms.feeds.identity import article_id, canonical_url
from transforms.feeds.state import MAX_EDITS, SEEN_ENTRIES, FeedState


def remember(
    name: str, state: FeedState, parsed: ParsedFeed, now: int
) -> tuple[list[Entry], FeedState]:
    """The entries that are new or changed, and the state that knows them.

    An entry that was cut is left for the next poll, when it will be whole. One that changed is dated
    as edited now, yet after all that was said of it, because a clock may have been set back.
    """
    seen = {key: (content, versions) for key, content, versions in state.seen}
    edited = dict(state.edited)
    fresh: list[Entry] = []
    count, newest = 0, None
    for entry in parsed.entries:
        if entry.problem == "truncated":
            continue
        count += 1
        if entry.published is not None and (newest is None or entry.published > newest):
            newest = entry.published
        key = entry_id(name, entry)
        content = content_id(entry.title, entry.body)[:12]
        known = seen.pop(
            key, None
        )  # put back at the end: what is still in the feed is kept longest
        if known is None:
            fresh.append(entry)
            seen[key] = (content, 1)
        elif known[0] != content and known[1] < MAX_EDITS:
            fresh.append(entry)
            seen[key] = (content, known[1] + 1)
            said = max(edited.get(key, 0), entry.updated or 0, entry.published or 0)
            edited[key] = max(now, said + 1)
        else:
            seen[key] = known
    kept = list(seen.items())[-max(SEEN_ENTRIES, 2 * count) :]
    return fresh, state._replace(
        seen=tuple((key, content, versions) for key, (content, versions) in kept),
        edited=tuple((key, edited[key]) for key, _ in kept if key in edited),
        entries=count,
        newest=newest,
    )


def entry_id(feed: str, entry: Entry) -> str:
    """The id of an entry's article; for one without any identity, a hash of its text."""
    found = article_id(canonical_url(entry.url), feed, entry.guid, entry.title, entry.published)
    return found or content_id("text", feed, entry.body)
