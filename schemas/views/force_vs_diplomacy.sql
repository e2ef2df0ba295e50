-- Force beside diplomacy, by day and country: strikes, envoys and sanctions that involve a country
-- as actor or target. A mention that involves two countries is in the row of each, so rows of a day
-- do not add up to the day's total (mention_counts_daily has that).
-- Grain: day, country.
--
-- day: Day of publication, UTC.
-- country: ISO 3166-1 alpha-3 code of a country involved; empty for mentions that name none.
-- strikes: Mentions of strikes that happened or go on.
-- strikes_ahead: Mentions of strikes planned or threatened.
-- strikes_off: Mentions of strikes called off or denied.
-- strike_stories: Distinct stories with a mention of a strike, whatever its status.
-- envoys: Mentions of envoys, whatever their status.
-- envoys_off: Of those, envoys recalled, expelled, stopped or denied.
-- envoy_stories: Distinct stories with a mention of an envoy.
-- sanctions: Mentions of sanctions, whatever their status.
-- sanctions_eased: Of those, sanctions called off (lifted, waived, suspended).
-- sanction_stories: Distinct stories with a mention of a sanction.
-- force_share: strike_stories / (strike_stories + envoy_stories), from 0 to 1; null without either.
WITH
  involved AS (
    SELECT published, category, status, story_id, actor_country AS country
    FROM mentions_standing
    UNION ALL
    SELECT published, category, status, story_id, target_country AS country
    FROM mentions_standing
    WHERE target_country <> actor_country AND target_country <> ''
  ),
  named AS (
    SELECT published, category, status, story_id, country FROM involved WHERE country <> ''
    UNION ALL
    SELECT published, category, status, story_id, '' AS country
    FROM mentions_standing
    WHERE actor_country = '' AND target_country = ''
  ),
  daily AS (
    SELECT
      DATE(published) AS day,
      country,
      COUNTIF(category = 'strike' AND status = 'occurred') AS strikes,
      COUNTIF(category = 'strike' AND status IN ('planned', 'threatened')) AS strikes_ahead,
      COUNTIF(category = 'strike' AND status IN ('called_off', 'denied')) AS strikes_off,
      COUNT(DISTINCT IF(category = 'strike', story_id, NULL)) AS strike_stories,
      COUNTIF(category = 'envoy') AS envoys,
      COUNTIF(category = 'envoy' AND status IN ('called_off', 'denied')) AS envoys_off,
      COUNT(DISTINCT IF(category = 'envoy', story_id, NULL)) AS envoy_stories,
      COUNTIF(category = 'sanction') AS sanctions,
      COUNTIF(category = 'sanction' AND status = 'called_off') AS sanctions_eased,
      COUNT(DISTINCT IF(category = 'sanction', story_id, NULL)) AS sanction_stories
    FROM named
    GROUP BY day, country
  )
SELECT
  day,
  country,
  strikes,
  strikes_ahead,
  strikes_off,
  strike_stories,
  envoys,
  envoys_off,
  envoy_stories,
  sanctions,
  sanctions_eased,
  sanction_stories,
  SAFE_DIVIDE(strike_stories, strike_stories + envoy_stories) AS force_share
FROM daily
