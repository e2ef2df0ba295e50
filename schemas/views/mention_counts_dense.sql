-- Every window of the days on which anything was heard, zeros included, with what was listened to.
-- Take a zero for a zero only where `covered` is true: a window in which no feed answered and no
-- article was seen says nothing. Windows start at whole steps from the Unix epoch; size and step
-- are those found in mention_counts. Days on which nothing was polled, read or counted are left
-- out. Countries are folded: mention_counts_latest has them.
-- Grain: window_start, window_end, category, status.
--
-- window_start: First instant of the window, UTC, inclusive.
-- window_end: End of the window, UTC, exclusive.
-- category: What is counted.
-- status: How real the text says it is.
-- mention_count: Mentions in the window; 0 if there were none.
-- article_count: Distinct articles with such a mention.
-- story_count: Distinct stories; copies with the same opening are one, reworded copies are not.
-- publisher_count: Distinct publishers.
-- articles_seen: Standing articles published in the window, with or without mentions.
-- feeds_expected: Distinct feeds listed in any poll made in the window; 0 for runs over files.
-- feeds_answered: Of those, feeds that sent their entries at least once in the window.
-- feeds_unchanged: Of the others, feeds that said they had nothing new.
-- feeds_waiting: Of the others, feeds that were not due to be asked.
-- feeds_failed: Of the others, feeds that were asked and gave no usable answer.
-- covered: True if an article was seen in the window, or a feed answered, changed or not.
WITH
  steps AS (
    SELECT size, LEAST(size, MIN(COALESCE(gap, size))) AS step
    FROM (
      SELECT size, opens - LAG(opens) OVER (PARTITION BY size ORDER BY opens) AS gap
      FROM (
        SELECT DISTINCT
          UNIX_SECONDS(window_start) AS opens,
          UNIX_SECONDS(window_end) - UNIX_SECONDS(window_start) AS size
        FROM mention_counts
      ) AS starts
    ) AS gaps
    GROUP BY size
  ),
  polls AS (
    SELECT
      feed,
      UNIX_SECONDS(polled) AS moment,
      CASE
        WHEN outcome IN ('ok', 'empty') THEN 1
        WHEN outcome = 'unchanged' THEN 2
        WHEN outcome = 'not_due' THEN 3
        ELSE 4
      END AS verdict
    FROM feed_health
  ),
  seen AS (
    SELECT UNIX_SECONDS(published) AS moment FROM articles_latest WHERE NOT withdrawn
  ),
  heard AS (
    SELECT moment FROM seen
    UNION ALL
    SELECT moment FROM polls
    UNION ALL
    SELECT UNIX_SECONDS(window_start) AS moment FROM mention_counts
  ),
  days AS (
    SELECT DISTINCT CAST(FLOOR(moment / 86400) AS INT64) * 86400 AS day FROM heard
  ),
  span AS (
    SELECT MIN(moment) AS first_at, MAX(moment) AS last_at FROM heard
  ),
  windows AS (
    SELECT steps.size, n * steps.step AS opens
    FROM days
    CROSS JOIN steps
    CROSS JOIN span
    CROSS JOIN UNNEST(GENERATE_ARRAY(
      CAST(FLOOR((days.day - steps.size) / steps.step) AS INT64) + 1,
      CAST(CEIL((days.day + 86400) / steps.step) AS INT64) - 1
    )) AS n
    WHERE n * steps.step <= span.last_at AND n * steps.step + steps.size > span.first_at
    UNION DISTINCT
    SELECT
      UNIX_SECONDS(window_end) - UNIX_SECONDS(window_start) AS size,
      UNIX_SECONDS(window_start) AS opens
    FROM mention_counts
  ),
  series AS (
    SELECT category, status
    FROM (
      SELECT category FROM UNNEST(['strike', 'envoy', 'sanction']) AS category
      UNION DISTINCT
      SELECT category FROM mention_counts
    ) AS categories
    CROSS JOIN UNNEST(['occurred', 'planned', 'threatened', 'called_off', 'denied']) AS status
  ),
  counted AS (
    SELECT
      UNIX_SECONDS(window_end) - UNIX_SECONDS(window_start) AS size,
      UNIX_SECONDS(window_start) AS opens,
      category,
      status,
      CAST(SUM(mention_count) AS INT64) AS mention_count
    FROM mention_counts_latest
    GROUP BY size, opens, category, status
  ),
  told AS (
    SELECT
      steps.size,
      n * steps.step AS opens,
      mentions_standing.category,
      mentions_standing.status,
      COUNT(DISTINCT mentions_standing.article_id) AS article_count,
      COUNT(DISTINCT mentions_standing.story_id) AS story_count,
      COUNT(DISTINCT mentions_standing.publisher) AS publisher_count
    FROM mentions_standing
    CROSS JOIN steps
    CROSS JOIN UNNEST(GENERATE_ARRAY(
      CAST(FLOOR((UNIX_SECONDS(mentions_standing.published) - steps.size) / steps.step) AS INT64)
      + 1,
      CAST(FLOOR(UNIX_SECONDS(mentions_standing.published) / steps.step) AS INT64)
    )) AS n
    GROUP BY size, opens, category, status
  ),
  read_then AS (
    SELECT steps.size, n * steps.step AS opens, COUNT(*) AS articles_seen
    FROM seen
    CROSS JOIN steps
    CROSS JOIN UNNEST(GENERATE_ARRAY(
      CAST(FLOOR((seen.moment - steps.size) / steps.step) AS INT64) + 1,
      CAST(FLOOR(seen.moment / steps.step) AS INT64)
    )) AS n
    GROUP BY size, opens
  ),
  asked AS (
    SELECT
      size,
      opens,
      COUNT(*) AS feeds_expected,
      COUNTIF(verdict = 1) AS feeds_answered,
      COUNTIF(verdict = 2) AS feeds_unchanged,
      COUNTIF(verdict = 3) AS feeds_waiting,
      COUNTIF(verdict = 4) AS feeds_failed
    FROM (
      SELECT steps.size, n * steps.step AS opens, polls.feed, MIN(polls.verdict) AS verdict
      FROM polls
      CROSS JOIN steps
      CROSS JOIN UNNEST(GENERATE_ARRAY(
        CAST(FLOOR((polls.moment - steps.size) / steps.step) AS INT64) + 1,
        CAST(FLOOR(polls.moment / steps.step) AS INT64)
      )) AS n
      GROUP BY size, opens, feed
    ) AS feeds
    GROUP BY size, opens
  )
SELECT
  TIMESTAMP_SECONDS(windows.opens) AS window_start,
  TIMESTAMP_SECONDS(windows.opens + windows.size) AS window_end,
  series.category,
  series.status,
  COALESCE(counted.mention_count, 0) AS mention_count,
  COALESCE(told.article_count, 0) AS article_count,
  COALESCE(told.story_count, 0) AS story_count,
  COALESCE(told.publisher_count, 0) AS publisher_count,
  COALESCE(read_then.articles_seen, 0) AS articles_seen,
  COALESCE(asked.feeds_expected, 0) AS feeds_expected,
  COALESCE(asked.feeds_answered, 0) AS feeds_answered,
  COALESCE(asked.feeds_unchanged, 0) AS feeds_unchanged,
  COALESCE(asked.feeds_waiting, 0) AS feeds_waiting,
  COALESCE(asked.feeds_failed, 0) AS feeds_failed,
  COALESCE(read_then.articles_seen, 0) > 0
  OR COALESCE(asked.feeds_answered, 0) + COALESCE(asked.feeds_unchanged, 0) > 0 AS covered
FROM windows
CROSS JOIN series
LEFT JOIN counted
  ON counted.size = windows.size AND counted.opens = windows.opens
  AND counted.category = series.category AND counted.status = series.status
LEFT JOIN told
  ON told.size = windows.size AND told.opens = windows.opens
  AND told.category = series.category AND told.status = series.status
LEFT JOIN read_then
  ON read_then.size = windows.size AND read_then.opens = windows.opens
LEFT JOIN asked
  ON asked.size = windows.size AND asked.opens = windows.opens
