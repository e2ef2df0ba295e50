-- Counts by UTC day and series, recounted from the standing mentions, so that the distinct counts
-- are right for the day whatever the windows of the run were. Days without such a mention have no
-- row; mention_counts_dense has the zeros. Sum mention_count over series freely, but not the
-- distinct counts: an article may be in several series.
-- Grain: day, category, status, actor_country, target_country.
--
-- day: Day of publication, UTC.
-- category: What is counted.
-- status: How real the text says it is.
-- actor_country: ISO 3166-1 alpha-3 code of the actor; empty if unknown.
-- target_country: ISO 3166-1 alpha-3 code of the target; empty if unknown.
-- mention_count: Mentions on the day.
-- article_count: Distinct articles with such a mention.
-- story_count: Distinct stories; copies with the same opening are one, reworded copies are not.
-- publisher_count: Distinct publishers.
SELECT
  DATE(published) AS day,
  category,
  status,
  actor_country,
  target_country,
  COUNT(*) AS mention_count,
  COUNT(DISTINCT article_id) AS article_count,
  COUNT(DISTINCT story_id) AS story_count,
  COUNT(DISTINCT publisher) AS publisher_count
FROM mentions_standing
GROUP BY day, category, status, actor_country, target_country
