-- The mentions that count now: counted, of the article version that stands, not withdrawn, each once.
-- Every standing count can be recounted from these rows.
-- Grain: mention_id.
--
-- inherit: mentions
SELECT mentions.*
FROM mentions
JOIN articles_latest
  ON articles_latest.article_id = mentions.article_id
  AND articles_latest.version = mentions.version
WHERE mentions.counted AND NOT articles_latest.withdrawn
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY mentions.mention_id ORDER BY mentions.published DESC, mentions.rule
) = 1
