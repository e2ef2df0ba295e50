-- How good a day's data is: what was seen, edited, undated, not counted, rejected, and which feeds
-- failed. Articles and mentions are put on their day of publication; polls, rejects and
-- restatements on the day they happened. A row that a stream delivered twice counts once.
-- Grain: day.
--
-- day: The day, UTC.
-- articles_seen: Standing articles published on the day.
-- articles_edited: Of those, articles seen in more than one version.
-- articles_withdrawn: Articles of the day that their source took back.
-- articles_undated: Standing articles whose publication time is only when they were first seen.
-- publisher_count: Distinct publishers of the standing articles.
-- mentions_counted: Standing mentions.
-- mentions_not_counted: Triggers seen in standing articles that did not count.
-- polls: Polls of feeds that were made (feeds not due are no polls).
-- polls_failed: Of those, polls without a usable answer.
-- feeds_failed: Distinct feeds that were polled and never gave a usable answer on the day.
-- rejects: Things that could not be read, parsed, dated, tagged or written.
-- counts_restated: Rows of mention_counts written on the day that restate an earlier revision.
WITH
  article_days AS (
    SELECT
      DATE(published) AS day,
      COUNTIF(NOT withdrawn) AS articles_seen,
      COUNTIF(NOT withdrawn AND version > 1) AS articles_edited,
      COUNTIF(withdrawn) AS articles_withdrawn,
      COUNTIF(NOT withdrawn AND published_origin = 'first_seen') AS articles_undated,
      COUNT(DISTINCT IF(withdrawn, NULL, publisher)) AS publisher_count
    FROM articles_latest
    GROUP BY day
  ),
  mention_days AS (
    SELECT
      DATE(mentions.published) AS day,
      COUNT(DISTINCT IF(mentions.counted, mentions.mention_id, NULL)) AS mentions_counted,
      COUNT(DISTINCT IF(mentions.counted, NULL, mentions.mention_id)) AS mentions_not_counted
    FROM mentions
    JOIN articles_latest
      ON articles_latest.article_id = mentions.article_id
      AND articles_latest.version = mentions.version
    WHERE NOT articles_latest.withdrawn
    GROUP BY day
  ),
  feed_days AS (
    SELECT
      DATE(polled) AS day,
      feed,
      COUNT(*) AS polls,
      COUNTIF(outcome NOT IN ('ok', 'empty', 'unchanged')) AS failures
    FROM (SELECT DISTINCT feed, polled, outcome FROM feed_health) AS made
    WHERE outcome <> 'not_due'
    GROUP BY day, feed
  ),
  poll_days AS (
    SELECT
      day,
      CAST(SUM(polls) AS INT64) AS polls,
      CAST(SUM(failures) AS INT64) AS polls_failed,
      COUNTIF(failures = polls) AS feeds_failed
    FROM feed_days
    GROUP BY day
  ),
  reject_days AS (
    SELECT DATE(seen) AS day, COUNT(*) AS rejects
    FROM (SELECT DISTINCT seen, stage, reason, error, source, payload FROM rejects) AS told
    GROUP BY day
  ),
  restated_days AS (
    SELECT DATE(emitted) AS day, COUNTIF(revision > 1) AS counts_restated
    FROM (
      SELECT DISTINCT emitted, window_start, window_end, category, status, actor_country,
        target_country, revision
      FROM mention_counts
    ) AS written
    GROUP BY day
  ),
  days AS (
    SELECT day FROM article_days
    UNION DISTINCT
    SELECT day FROM mention_days
    UNION DISTINCT
    SELECT day FROM poll_days
    UNION DISTINCT
    SELECT day FROM reject_days
    UNION DISTINCT
    SELECT day FROM restated_days
  )
SELECT
  days.day,
  COALESCE(article_days.articles_seen, 0) AS articles_seen,
  COALESCE(article_days.articles_edited, 0) AS articles_edited,
  COALESCE(article_days.articles_withdrawn, 0) AS articles_withdrawn,
  COALESCE(article_days.articles_undated, 0) AS articles_undated,
  COALESCE(article_days.publisher_count, 0) AS publisher_count,
  COALESCE(mention_days.mentions_counted, 0) AS mentions_counted,
  COALESCE(mention_days.mentions_not_counted, 0) AS mentions_not_counted,
  COALESCE(poll_days.polls, 0) AS polls,
  COALESCE(poll_days.polls_failed, 0) AS polls_failed,
  COALESCE(poll_days.feeds_failed, 0) AS feeds_failed,
  COALESCE(reject_days.rejects, 0) AS rejects,
  COALESCE(restated_days.counts_restated, 0) AS counts_restated
FROM days
LEFT JOIN article_days ON article_days.day = days.day
LEFT JOIN mention_days ON mention_days.day = days.day
LEFT JOIN poll_days ON poll_days.day = days.day
LEFT JOIN reject_days ON reject_days.day = days.day
LEFT JOIN restated_days ON restated_days.day = days.day
