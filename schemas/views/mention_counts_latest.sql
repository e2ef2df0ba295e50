-- Standing counts: of each window and series, the revision that stands (the highest).
-- A mention_count of 0 says that the window once held such mentions and holds none now.
-- Grain: window_start, window_end, category, status, actor_country, target_country.
--
-- inherit: mention_counts
SELECT *
FROM mention_counts
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY window_start, window_end, category, status, actor_country, target_country
  ORDER BY revision DESC, emitted DESC, mention_count DESC, article_count DESC
) = 1
