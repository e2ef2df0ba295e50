-- Six hours in which a category was told about a country more than usual, with a score and a reason
-- in words. A row for each six hours that began on a whole hour, whose last hour some article has
-- reached, and that brought at least four stories from three publishers; fewer wake nobody, so there
-- is no row for them. The newest six hours are thus judged while their last hour goes on, and again
-- with what it brings. Counted in distinct stories: a wire copied fifty times is one. Expected is what the four weeks before would give: stories for each article read (so
-- that an outage of feeds is no peace and its end no war), times how much these hours and this
-- weekday usually differ; both factors are shrunk towards 1 while little is known. Earlier outbreaks
-- weigh less, and the last 24 hours not at all, so that an event does not hide itself. The score is
-- the excess in standard deviations of an overdispersed Poisson count on the two-thirds power scale.
-- Method: Farrington et al. 1996 and Noufaily et al. 2013, made for outbreaks of disease; shrinkage
-- as in DuMouchel 1999. Less than three days of history: no row. Rises only: a fall has no row.
-- Grain: window_start, category, country.
--
-- window_start: First instant of the six hours, UTC, inclusive.
-- window_end: End of the six hours, UTC, exclusive.
-- category: What is mentioned.
-- country: ISO 3166-1 alpha-3 code of a country that the mentions name as actor, target or place.
-- level: alarm (score of 6 or more), alert (4), notice (3), else usual.
-- is_new: True if the 24 hours before had no such level in the series: the moment to wake somebody.
-- score: Excess over the expected stories, in standard deviations.
-- story_count: Distinct stories; copies with the same opening are one, reworded copies are not.
-- expected_stories: Stories to expect from the four weeks before, given the articles read now.
-- dispersion: Variance of the baseline over that of a Poisson count; 1 or more.
-- mention_count: Mentions in the six hours.
-- publisher_count: Distinct publishers of the mentions.
-- articles_seen: Standing articles published in the six hours, with or without mentions.
-- history_days: Days of the baseline on which articles were seen, at most 28.
-- reason: The same in words.
WITH
  named AS (
    SELECT
      CAST(FLOOR(UNIX_SECONDS(published) / 3600) AS INT64) * 3600 AS hour,
      category,
      country,
      story_id,
      publisher
    FROM (
      SELECT published, category, actor_country AS country, story_id, publisher
      FROM mentions_standing
      UNION ALL
      SELECT published, category, target_country AS country, story_id, publisher
      FROM mentions_standing
      WHERE target_country <> actor_country
      UNION ALL
      SELECT published, category, place_country AS country, story_id, publisher
      FROM mentions_standing
      WHERE place_country <> actor_country AND place_country <> target_country
    ) AS involved
    WHERE country <> ''
  ),
  -- Hours since a story, or a publisher, was last in the series: it is new in as many windows.
  hourly AS (
    SELECT hour, category, country, 1 AS stories, 0 AS publishers, 0 AS mentions,
      hour - LAG(hour) OVER (PARTITION BY category, country, story_id ORDER BY hour) AS since
    FROM (SELECT DISTINCT hour, category, country, story_id FROM named) AS story_hours
    UNION ALL
    SELECT hour, category, country, 0 AS stories, 1 AS publishers, 0 AS mentions,
      hour - LAG(hour) OVER (PARTITION BY category, country, publisher ORDER BY hour) AS since
    FROM (SELECT DISTINCT hour, category, country, publisher FROM named) AS publisher_hours
    UNION ALL
    SELECT hour, category, country, 0 AS stories, 0 AS publishers, COUNT(*) AS mentions,
      NULL AS since
    FROM named
    GROUP BY hour, category, country
  ),
  about AS (
    SELECT
      hour,
      category,
      country,
      LEAST(6, COALESCE(DIV(since, 3600), 6)) AS fresh,
      SUM(stories) AS stories,
      SUM(publishers) AS publishers,
      SUM(mentions) AS mentions
    FROM hourly
    GROUP BY hour, category, country, fresh
  ),
  seen AS (
    SELECT
      CAST(FLOOR(UNIX_SECONDS(published) / 3600) AS INT64) * 3600 AS hour,
      COUNT(*) AS articles
    FROM articles_latest
    WHERE NOT withdrawn
    GROUP BY hour
  ),
  heard AS (
    SELECT seen.hour - k * 3600 AS opens, SUM(seen.articles) AS articles
    FROM seen
    CROSS JOIN UNNEST(GENERATE_ARRAY(0, 5)) AS k
    GROUP BY opens
  ),
  told AS (
    SELECT
      counts.opens,
      MOD(counts.opens, 21600) AS phase,
      counts.category,
      counts.country,
      counts.mention_count,
      counts.story_count,
      counts.publisher_count,
      heard.articles
    FROM (
      SELECT
        about.hour - k * 3600 AS opens,
        about.category,
        about.country,
        CAST(SUM(about.mentions) AS INT64) AS mention_count,
        CAST(SUM(about.stories) AS INT64) AS story_count,
        CAST(SUM(about.publishers) AS INT64) AS publisher_count
      FROM about
      CROSS JOIN UNNEST(GENERATE_ARRAY(0, 5)) AS k
      WHERE k < about.fresh
      GROUP BY opens, category, country
    ) AS counts
    JOIN heard ON heard.opens = counts.opens
  ),
  -- First fit: stories for each article read, over the windows of the same phase in the four weeks
  -- that end 24 hours before; none of them overlap.
  fitted AS (
    SELECT
      *,
      SUM(story_count) OVER before AS past_stories,
      SUM(story_count * story_count / articles) OVER before AS past_squares
    FROM told
    WINDOW before AS (
      PARTITION BY category, country, phase
      ORDER BY opens
      RANGE BETWEEN 2419200 PRECEDING AND 108000 PRECEDING
    )
  ),
  exposure AS (
    SELECT
      opens,
      COUNT(*) AS windows,
      COUNT(DISTINCT day) AS history_days,
      SUM(articles) AS articles,
      SUM(IF(same_hour, articles, 0)) AS hour_articles,
      SUM(IF(same_weekday, articles, 0)) AS weekday_articles
    FROM (
      SELECT
        heard.opens,
        past.articles,
        DIV(past.opens, 86400) AS day,
        MOD(heard.opens - past.opens, 86400) = 0 AS same_hour,
        MOD(DIV(heard.opens, 86400) - DIV(past.opens, 86400), 7) = 0 AS same_weekday
      FROM heard
      JOIN heard AS past
        ON MOD(past.opens, 21600) = MOD(heard.opens, 21600)
        AND past.opens BETWEEN heard.opens - 2419200 AND heard.opens - 108000
    ) AS pasts
    GROUP BY opens
    HAVING COUNT(DISTINCT day) >= 3
  ),
  judged AS (
    SELECT
      fitted.*,
      exposure.windows,
      exposure.history_days,
      exposure.articles AS exposed,
      exposure.hour_articles,
      exposure.weekday_articles,
      (COALESCE(fitted.past_stories, 0) + 0.5) / exposure.articles AS first_rate,
      GREATEST(
        1.0,
        (
          COALESCE(fitted.past_squares, 0)
          * exposure.articles / (COALESCE(fitted.past_stories, 0) + 0.5)
          - COALESCE(fitted.past_stories, 0)
          + 0.5
        ) / (exposure.windows - 1)
      ) AS first_dispersion
    FROM fitted
    JOIN exposure ON exposure.opens = fitted.opens
    CROSS JOIN (SELECT MAX(hour) AS hour FROM seen) AS newest
    WHERE fitted.story_count >= 4
      AND fitted.publisher_count >= 3
      AND fitted.opens + 18000 <= newest.hour
  ),
  residuals AS (
    SELECT
      judged.category,
      judged.country,
      judged.opens,
      past.story_count,
      past.articles,
      MOD(judged.opens - past.opens, 86400) = 0 AS same_hour,
      MOD(DIV(judged.opens, 86400) - DIV(past.opens, 86400), 7) = 0 AS same_weekday,
      1.5 * (
        POW(past.story_count, 2 / 3) * POW(judged.first_rate * past.articles, -1 / 6)
        - SQRT(judged.first_rate * past.articles)
      ) / SQRT(judged.first_dispersion) AS residual
    FROM judged
    JOIN told AS past
      ON past.category = judged.category
      AND past.country = judged.country
      AND past.phase = judged.phase
      AND past.opens BETWEEN judged.opens - 2419200 AND judged.opens - 108000
  ),
  -- Second fit: past outbreaks weigh less.
  weighted AS (
    SELECT *, IF(residual > 2.58, POW(2.58 / residual, 2), 1.0) AS weight
    FROM residuals
  ),
  sums AS (
    SELECT
      category,
      country,
      opens,
      SUM(weight * story_count) AS stories,
      SUM(weight * story_count * story_count / articles) AS squares,
      SUM((1 - weight) * articles) AS articles_off,
      SUM(1 - weight) AS windows_off,
      SUM(IF(same_hour, weight * story_count, 0)) AS hour_stories,
      SUM(IF(same_hour, (1 - weight) * articles, 0)) AS hour_off,
      SUM(IF(same_weekday, weight * story_count, 0)) AS weekday_stories,
      SUM(IF(same_weekday, (1 - weight) * articles, 0)) AS weekday_off
    FROM weighted
    GROUP BY category, country, opens
  ),
  second_fit AS (
    SELECT
      judged.category,
      judged.country,
      judged.opens,
      judged.mention_count,
      judged.story_count,
      judged.publisher_count,
      judged.articles,
      judged.history_days,
      judged.windows - COALESCE(sums.windows_off, 0) AS windows,
      judged.exposed - COALESCE(sums.articles_off, 0) AS past_articles,
      (COALESCE(sums.stories, 0) + 0.5)
      / (judged.exposed - COALESCE(sums.articles_off, 0)) AS rate,
      COALESCE(sums.stories, 0) AS stories,
      COALESCE(sums.squares, 0) AS squares,
      COALESCE(sums.hour_stories, 0) AS hour_stories,
      judged.hour_articles - COALESCE(sums.hour_off, 0) AS hour_articles,
      COALESCE(sums.weekday_stories, 0) AS weekday_stories,
      judged.weekday_articles - COALESCE(sums.weekday_off, 0) AS weekday_articles
    FROM judged
    LEFT JOIN sums
      ON sums.category = judged.category
      AND sums.country = judged.country
      AND sums.opens = judged.opens
  ),
  expected AS (
    SELECT
      *,
      rate * articles
      * (hour_stories + 5) / (rate * hour_articles + 5)
      * (weekday_stories + 5) / (rate * weekday_articles + 5) AS expected_stories,
      GREATEST(
        1.0, (squares / rate - 2 * stories + rate * past_articles) / (windows - 1)
      ) AS dispersion
    FROM second_fit
  ),
  scored AS (
    SELECT
      *,
      -- Rounded, so that the order in which an engine adds floats cannot show.
      ROUND(
        (POW(story_count, 2 / 3) - POW(expected_stories, 2 / 3))
        / (
          2 / 3 * POW(expected_stories, 1 / 6)
          * SQRT(dispersion * (1 + articles / past_articles))
        ),
        3
      ) AS score
    FROM expected
  ),
  ranked AS (
    SELECT
      *,
      CASE WHEN score >= 6 THEN 3 WHEN score >= 4 THEN 2 WHEN score >= 3 THEN 1 ELSE 0 END AS rank
    FROM scored
  ),
  followed AS (
    SELECT
      *,
      rank > COALESCE(
        MAX(rank) OVER (
          PARTITION BY category, country
          ORDER BY opens
          RANGE BETWEEN 86400 PRECEDING AND 1 PRECEDING
        ),
        0
      ) AS is_new
    FROM ranked
  )
SELECT
  TIMESTAMP_SECONDS(opens) AS window_start,
  TIMESTAMP_SECONDS(opens + 21600) AS window_end,
  category,
  country,
  CASE rank WHEN 3 THEN 'alarm' WHEN 2 THEN 'alert' WHEN 1 THEN 'notice' ELSE 'usual' END AS level,
  is_new,
  score,
  story_count,
  ROUND(expected_stories, 3) AS expected_stories,
  ROUND(dispersion, 3) AS dispersion,
  mention_count,
  publisher_count,
  CAST(articles AS INT64) AS articles_seen,
  history_days,
  CONCAT(
    category,
    ' mentions about ',
    country,
    ' in ',
    CAST(story_count AS STRING),
    ' stories from ',
    CAST(publisher_count AS STRING),
    ' publishers in six hours, ',
    IF(
      expected_stories < 0.5,
      'where less than one story is usual',
      CONCAT(
        CAST(CAST(ROUND(story_count / expected_stories) AS INT64) AS STRING), ' times the usual'
      )
    ),
    CASE MOD(DIV(opens, 86400), 7)
      WHEN 0 THEN ' on a Thursday'
      WHEN 1 THEN ' on a Friday'
      WHEN 2 THEN ' on a Saturday'
      WHEN 3 THEN ' on a Sunday'
      WHEN 4 THEN ' on a Monday'
      WHEN 5 THEN ' on a Tuesday'
      ELSE ' on a Wednesday'
    END,
    ' at these hours'
  ) AS reason
FROM followed
