"""Every view, run on DuckDB over Parquet files, and its columns against their descriptions."""

from schemas.records import CATEGORIES, STATUSES


def rows(connection, sql):
    """The rows of a query as dictionaries."""
    result = connection.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_views_name_every_category_and_status(world, new):
    connection = world(mention_counts=[new.count("2026-01-05T10:00:00")])
    dense = rows(connection, "SELECT DISTINCT category, status FROM mention_counts_dense")
    assert {(r["category"], r["status"]) for r in dense} == {
        (c, s) for c in CATEGORIES for s in STATUSES
    }


def test_latest_article_is_its_highest_version(world, new):
    connection = world(articles=[new.article("a", 2, withdrawn=True), new.article("a", 1)] * 2)
    (only,) = rows(connection, "FROM articles_latest")
    assert (only["version"], only["withdrawn"]) == (2, True)


def test_only_mentions_of_standing_articles_stand_each_once(world, new):
    connection = world(
        articles=[
            new.article("a", 1),
            new.article("a", 2),
            new.article("gone", 1),
            new.article("gone", 2, withdrawn=True),
        ],
        mentions=[
            new.mention("old", "a", 1),
            new.mention("new", "a", 2),
            new.mention("new", "a", 2),
            new.mention("uncounted", "a", 2, counted=False, reason="labour"),
            new.mention("withdrawn", "gone", 1),
            new.mention("withdrawn", "gone", 2),
        ],
    )
    assert [r["mention_id"] for r in rows(connection, "FROM mentions_standing")] == ["new"]


def test_highest_revision_stands_and_zeros_stay(world, new):
    connection = world(
        mention_counts=[
            new.count("2026-01-05T10:00:00", 1, mention_count=5),
            new.count("2026-01-05T10:00:00", 3, mention_count=0, reason="withdrawn"),
            new.count("2026-01-05T10:00:00", 3, mention_count=0, reason="withdrawn"),
            new.count("2026-01-05T10:00:00", 2, mention_count=9),
            new.count("2026-01-05T10:00:00", 1, actor_country="USA", mention_count=2),
        ]
    )
    standing = rows(connection, "FROM mention_counts_latest ORDER BY actor_country")
    assert [(r["actor_country"], r["revision"], r["mention_count"]) for r in standing] == [
        ("", 3, 0),
        ("USA", 1, 2),
    ]


def dense_of(connection, where="category = 'strike' AND status = 'occurred'"):
    found = rows(
        connection, f"FROM mention_counts_dense WHERE {where} ORDER BY window_start, window_end"
    )
    return {r["window_start"].strftime("%d %H"): r for r in found}


def test_dense_has_zeros_and_says_what_was_listened_to(world, new):
    connection = world(
        articles=[
            new.article("a", published=new.at("2026-01-05T10:30:00")),
            new.article("b", published=new.at("2026-01-05T13:10:00")),
            new.article("gone", published=new.at("2026-01-05T12:10:00"), withdrawn=True),
        ],
        mentions=[new.mention(f"m{n}", "a", story_id="s") for n in range(3)],
        mention_counts=[
            new.count("2026-01-05T10:00:00", mention_count=2),
            new.count("2026-01-05T10:00:00", mention_count=1, actor_country="USA"),
        ],
        feed_health=[
            new.poll("x", "2026-01-05T11:00:00", "server_error"),
            new.poll("x", "2026-01-05T11:30:00", "unchanged"),
            new.poll("y", "2026-01-05T11:30:00", "timeout"),
            new.poll("z", "2026-01-05T11:30:00", "not_due"),
            new.poll("w", "2026-01-05T11:30:00", "ok"),
        ],
    )
    dense = dense_of(connection)
    assert list(dense) == ["05 10", "05 11", "05 12", "05 13"]
    assert [w["mention_count"] for w in dense.values()] == [3, 0, 0, 0]
    assert [w["articles_seen"] for w in dense.values()] == [1, 0, 0, 1]
    assert [w["covered"] for w in dense.values()] == [True, True, False, True]
    ten, eleven = dense["05 10"], dense["05 11"]
    assert (ten["article_count"], ten["story_count"], ten["publisher_count"]) == (1, 1, 1)
    feeds = [f"feeds_{k}" for k in ("expected", "answered", "unchanged", "waiting", "failed")]
    assert [eleven[f] for f in feeds] == [4, 1, 1, 1, 1]
    assert [ten[f] for f in feeds] == [0] * 5


def test_dense_leaves_out_days_without_any_sign(world, new):
    connection = world(
        mention_counts=[new.count("2020-03-01T23:00:00"), new.count("2026-01-05T10:00:00")]
    )
    days = {w["window_start"].date().isoformat() for w in dense_of(connection).values()}
    assert days == {"2020-03-01", "2026-01-05"}


def test_dense_follows_sliding_windows(world, new):
    """A mention at 10:30 is in the three windows of 3 h, one each hour, that hold it."""
    three_hours = {"window_end": None}
    counts = []
    for start in ("08:00", "09:00", "10:00"):
        opens = f"2026-01-05T{start}:00"
        three_hours["window_end"] = new.at(opens) + 3 * 3_600_000_000
        counts.append(new.count(opens, **three_hours))
    connection = world(
        articles=[new.article("a"), new.article("b", published=new.at("2026-01-05T12:00:00"))],
        mentions=[new.mention("m", "a")],
        mention_counts=counts,
    )
    dense = dense_of(connection)
    # The windows that hold 08:00, where the first count opens, up to the one that opens at 12:00.
    assert list(dense) == [f"05 {h:02}" for h in range(6, 13)]
    assert [w["mention_count"] for w in dense.values()] == [0, 0, 1, 1, 1, 0, 0]
    assert [w["article_count"] for w in dense.values()] == [0, 0, 1, 1, 1, 0, 0]
    assert [w["articles_seen"] for w in dense.values()] == [0, 0, 1, 1, 2, 1, 1]


def test_daily_counts_are_distinct_over_the_day(world, new):
    late = new.at("2026-01-05T23:59:59")
    connection = world(
        articles=[new.article("a"), new.article("b", published=late)],
        mentions=[
            new.mention("m1", "a"),
            new.mention("m2", "a"),
            new.mention("m3", "b", published=late, story_id="story-a", publisher="Wire"),
            new.mention("m4", "b", published=late + 1_000_000),
        ],
    )
    daily = rows(connection, "FROM mention_counts_daily ORDER BY day")
    assert [str(r["day"]) for r in daily] == ["2026-01-05", "2026-01-06"]
    numbers = ("mention_count", "article_count", "story_count", "publisher_count")
    assert [daily[0][n] for n in numbers] == [3, 2, 1, 2]


def test_days_are_utc_days_whatever_the_session(world, new):
    connection = world(articles=[new.article("a")], mentions=[new.mention("m", "a")])
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        connection.execute(f"SET TimeZone = '{zone}'")
        (day,) = connection.execute("SELECT day FROM mention_counts_daily").fetchone()
        assert str(day) == "2026-01-05"


def test_publishers_are_measured_against_all_their_articles(world, new):
    connection = world(
        articles=[new.article("a"), new.article("b"), new.article("c", publisher="Wire")],
        mentions=[new.mention("m1", "a"), new.mention("m2", "a")],
    )
    (only,) = rows(connection, "FROM by_publisher")
    assert (only["publisher"], only["mention_count"], only["articles_seen"]) == ("Post", 2, 2)
    assert only["article_share"] == 0.5


def test_force_and_diplomacy_stand_side_by_side_by_country(world, new):
    connection = world(
        articles=[new.article("a"), new.article("b")],
        mentions=[
            new.mention("s1", "a", actor_country="USA", target_country="VEN"),
            new.mention("s2", "a", actor_country="USA", status="threatened"),
            new.mention("e1", "b", category="envoy", actor_country="USA", target_country="USA"),
            new.mention("x1", "b", category="sanction", status="called_off"),
        ],
    )
    by_country = {r["country"]: r for r in rows(connection, "FROM force_vs_diplomacy")}
    assert set(by_country) == {"", "USA", "VEN"}
    usa = by_country["USA"]
    assert (usa["strikes"], usa["strikes_ahead"], usa["envoys"]) == (1, 1, 1)
    assert usa["force_share"] == 0.5
    assert by_country["VEN"]["strikes"] == 1
    assert by_country[""]["sanctions_eased"] == 1
    assert by_country[""]["force_share"] is None


def test_envoys_are_followed_in_order(world, new):
    first, last = new.at("2026-01-05T10:30:00"), new.at("2026-01-06T10:30:00")
    envoy = {"category": "envoy", "person": "Ana Ruiz"}
    connection = world(
        articles=[new.article("a"), new.article("b", published=last)],
        mentions=[
            new.mention("m2", "b", published=last, status="called_off", **envoy),
            new.mention("m1", "a", published=first, **envoy),
            new.mention("m0", "a", published=first, category="envoy"),
        ],
    )
    one, two = rows(connection, "FROM envoy_movements ORDER BY sighting")
    assert (one["mention_id"], one["is_latest"], one["previous_status"]) == ("m1", False, None)
    assert (two["sighting"], two["is_latest"], two["previous_status"]) == (2, True, "occurred")


def test_sanctions_are_told_by_stage(world, new):
    def sanction(name, subtype, status, **given):
        return new.mention(name, "a", category="sanction", subtype=subtype, status=status, **given)

    connection = world(
        articles=[new.article("a")],
        mentions=[
            sanction("m1", "impose", "threatened"),
            sanction("m2", "impose", "occurred", sentence="Imposed."),
            sanction("m3", "ease", "threatened"),
            sanction("m4", "unspecified", "called_off"),
            sanction("m5", "unspecified", "occurred"),
            sanction("m6", "ease", "occurred", target_country="IRN"),
        ],
    )
    found = rows(connection, "FROM sanction_stages ORDER BY target_country, stage_order")
    assert [(r["target_country"], r["stage"]) for r in found] == [
        ("", "threatened"),
        ("", "imposed"),
        ("", "in_force"),
        ("", "easing_discussed"),
        ("", "eased"),
        ("IRN", "eased"),
    ]
    assert found[1]["last_sentence"] == "Imposed."


def test_data_quality_tells_a_bad_day(world, new):
    connection = world(
        articles=[
            new.article("a", 2),
            new.article("b", published_origin="first_seen"),
            new.article("c", withdrawn=True),
        ],
        mentions=[
            new.mention("m1", "a", 2),
            new.mention("m2", "a", 2, counted=False),
            new.mention("m3", "c"),
        ],
        feed_health=[
            new.poll("x", "2026-01-06T11:00:00", "timeout"),
            new.poll("y", "2026-01-06T11:00:00", "timeout"),
            new.poll("y", "2026-01-06T12:00:00", "ok"),
            new.poll("z", "2026-01-06T12:00:00", "not_due"),
        ],
        rejects=[new.reject(seen=new.at("2026-01-06T00:00:00"))],
        mention_counts=[new.count("2026-01-05T10:00:00", r) for r in (1, 2, 3)],
    )
    fifth, sixth = rows(connection, "FROM data_quality ORDER BY day")
    seen = ("articles_seen", "articles_edited", "articles_withdrawn", "articles_undated")
    assert [fifth[c] for c in seen] == [2, 1, 1, 1]
    assert (fifth["mentions_counted"], fifth["mentions_not_counted"]) == (1, 1)
    assert fifth["counts_restated"] == 2
    assert [sixth[c] for c in ("polls", "polls_failed", "feeds_failed", "rejects")] == [3, 2, 1, 1]
