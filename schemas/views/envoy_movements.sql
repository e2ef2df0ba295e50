-- Where each named envoy was seen, in order, and which sighting is the last.
-- Mentions of envoys without a name ("the special envoy") are not here; mentions_standing has them.
-- Grain: mention_id.
--
-- person: The named envoy.
-- published: Publication time of the article, UTC.
-- status: How real the text says it is: called_off is recalled, expelled or stopped.
-- subtype: Finer kind: special_envoy, ambassador, mediator, negotiator or representative.
-- actor: Whom the envoy speaks for, in the text's own words.
-- actor_country: ISO 3166-1 alpha-3 code of whom the envoy speaks for; empty if unknown.
-- target: The counterpart, in the text's own words.
-- target_country: ISO 3166-1 alpha-3 code of the counterpart; empty if unknown.
-- place: Where, when the sentence says so.
-- place_country: ISO 3166-1 alpha-3 code of the place.
-- sentence: The sentence that tells it.
-- publisher: Publisher of the article.
-- url: Address of the article.
-- article_id: The article.
-- mention_id: The mention.
-- sighting: 1 for the person's first mention, counting up in order of publication.
-- previous_published: Publication time of the sighting before, UTC; null for the first.
-- previous_status: Status at the sighting before; null for the first.
-- is_latest: True for the person's last sighting so far.
SELECT
  person,
  published,
  status,
  subtype,
  actor,
  actor_country,
  target,
  target_country,
  place,
  place_country,
  sentence,
  publisher,
  url,
  article_id,
  mention_id,
  ROW_NUMBER() OVER (
    PARTITION BY person ORDER BY published, article_id, start, mention_id
  ) AS sighting,
  LAG(published) OVER (
    PARTITION BY person ORDER BY published, article_id, start, mention_id
  ) AS previous_published,
  LAG(status) OVER (
    PARTITION BY person ORDER BY published, article_id, start, mention_id
  ) AS previous_status,
  ROW_NUMBER() OVER (
    PARTITION BY person ORDER BY published DESC, article_id DESC, start DESC, mention_id DESC
  ) = 1 AS is_latest
FROM mentions_standing
WHERE category = 'envoy' AND person <> ''
