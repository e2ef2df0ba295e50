-- How far the sanctions of one party on another have come: one row for each stage that was seen.
-- Stages: threatened, planned, imposed, in_force (attributes such as "the sanctioned tanker", and
-- measures of no stated kind), enforced, evaded, easing_discussed, eased, denied (a measure that is
-- denied, and evasion that is).
-- Grain: actor_country, target_country, stage.
--
-- actor_country: ISO 3166-1 alpha-3 code of who imposes; empty if unknown.
-- target_country: ISO 3166-1 alpha-3 code of who is sanctioned; empty if unknown.
-- stage: How far it has come, from the mention's subtype and status.
-- stage_order: 1 for threatened up to 9 for denied: sorts stages by their usual course.
-- mention_count: Standing mentions of the stage.
-- article_count: Distinct articles with such a mention.
-- story_count: Distinct stories; copies with the same opening are one, reworded copies are not.
-- publisher_count: Distinct publishers.
-- first_published: When the stage was first told, UTC.
-- last_published: When the stage was last told, UTC.
-- last_sentence: The sentence that told it last.
-- last_url: Address of the article that told it last.
WITH
  staged AS (
    SELECT
      *,
      CASE
        WHEN status = 'denied' THEN 'denied'
        WHEN status = 'called_off' THEN 'eased'
        WHEN subtype = 'ease' AND status = 'occurred' THEN 'eased'
        WHEN subtype = 'ease' THEN 'easing_discussed'
        WHEN status = 'threatened' OR subtype = 'threaten' THEN 'threatened'
        WHEN status = 'planned' THEN 'planned'
        WHEN subtype = 'impose' THEN 'imposed'
        WHEN subtype = 'enforce' THEN 'enforced'
        WHEN subtype = 'evade' THEN 'evaded'
        ELSE 'in_force'
      END AS stage
    FROM mentions_standing
    WHERE category = 'sanction'
  ),
  ranked AS (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY actor_country, target_country, stage
        ORDER BY published DESC, mention_id
      ) AS recency
    FROM staged
  )
SELECT
  actor_country,
  target_country,
  stage,
  CAST(CASE stage
    WHEN 'threatened' THEN 1
    WHEN 'planned' THEN 2
    WHEN 'imposed' THEN 3
    WHEN 'in_force' THEN 4
    WHEN 'enforced' THEN 5
    WHEN 'evaded' THEN 6
    WHEN 'easing_discussed' THEN 7
    WHEN 'eased' THEN 8
    ELSE 9
  END AS INT64) AS stage_order,
  COUNT(*) AS mention_count,
  COUNT(DISTINCT article_id) AS article_count,
  COUNT(DISTINCT story_id) AS story_count,
  COUNT(DISTINCT publisher) AS publisher_count,
  MIN(published) AS first_published,
  MAX(published) AS last_published,
  MAX(IF(recency = 1, sentence, NULL)) AS last_sentence,
  MAX(IF(recency = 1, url, NULL)) AS last_url
FROM ranked
GROUP BY actor_country, target_country, stage
