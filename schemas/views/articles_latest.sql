-- The version of each article that stands: the highest.
-- Withdrawn articles stay in, marked, so that a withdrawal can be told from silence.
-- Grain: article_id.
--
-- inherit: articles
SELECT *
FROM articles
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY article_id ORDER BY version DESC, content_hash DESC
) = 1
