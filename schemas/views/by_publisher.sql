-- Who writes about what: standing articles and mentions of each publisher, by category.
-- Grain: publisher, category.
--
-- publisher: Who published it: the source named by the entry, else the feed.
-- category: What is mentioned.
-- mention_count: Standing mentions of the category.
-- article_count: Distinct articles with such a mention.
-- story_count: Distinct stories; copies with the same opening are one, reworded copies are not.
-- articles_seen: Standing articles of the publisher, with or without mentions.
-- article_share: article_count / articles_seen, from 0 to 1.
-- first_published: Publication time of the earliest article with such a mention, UTC.
-- last_published: Publication time of the latest article with such a mention, UTC.
WITH
  seen AS (
    SELECT publisher, COUNT(*) AS articles_seen
    FROM articles_latest
    WHERE NOT withdrawn
    GROUP BY publisher
  )
SELECT
  mentions_standing.publisher,
  mentions_standing.category,
  COUNT(*) AS mention_count,
  COUNT(DISTINCT mentions_standing.article_id) AS article_count,
  COUNT(DISTINCT mentions_standing.story_id) AS story_count,
  COALESCE(MAX(seen.articles_seen), 0) AS articles_seen,
  SAFE_DIVIDE(COUNT(DISTINCT mentions_standing.article_id), MAX(seen.articles_seen))
    AS article_share,
  MIN(mentions_standing.published) AS first_published,
  MAX(mentions_standing.published) AS last_published
FROM mentions_standing
LEFT JOIN seen ON seen.publisher = mentions_standing.publisher
GROUP BY mentions_standing.publisher, mentions_standing.category
