locals {
  watched = var.runs != "none"
  rejects = "dataflow_googleapis_com:job_user_counter{monitored_resource=\"dataflow_job\", job_name=\"tocsin\", metric_name=\"rejects\"}"
}

# Every bounded run that polls loads its rows of feed_health just before it commits, news or not, and logs it.
resource "google_logging_metric" "loaded" {
  name        = "tocsin/feed_health_loaded"
  description = "Runs that loaded what their feeds answered."
  filter      = <<-EOT
    resource.type="dataflow_step"
    resource.labels.job_name="tocsin"
    (textPayload=~"loaded [0-9]+ rows of feed_health" OR jsonPayload.message=~"loaded [0-9]+ rows of feed_health")
  EOT

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_notification_channel" "email" {
  count        = var.alert_email == "" ? 0 : 1
  display_name = "Tocsin"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

# A stream loads nothing. It is up to date while its watermark keeps up, which a bundle that cannot be written holds
# back. Neither a run's line nor a young watermark: whatever the reason, nothing brings data.
resource "google_monitoring_alert_policy" "stale" {
  display_name          = "Tocsin: nothing has brought data for ${var.stale_hours} hours"
  combiner              = "OR"
  enabled               = local.watched
  notification_channels = google_monitoring_notification_channel.email[*].name

  conditions {
    display_name = "No run has loaded, and no stream is up to date"
    condition_prometheus_query_language {
      query                     = <<-EOT
        absent(
          max_over_time(logging_googleapis_com:user_tocsin_feed_health_loaded{monitored_resource="dataflow_step"}[${var.stale_hours}h]) > 0
          or
          dataflow_googleapis_com:job_data_watermark_age{monitored_resource="dataflow_job", job_name="tocsin"} < ${var.stale_hours * 3600}
        )
      EOT
      duration                  = "1800s" # the first run may still be on its way
      evaluation_interval       = "60s"
      disable_metric_validation = true # there is no such line before the first run
    }
  }

  documentation {
    content = "The counts are older than ${var.stale_hours} hours. See the failed or stuck job in Dataflow, or whether the schedule is paused. A run that failed committed nothing; starting it again is safe."
  }
}

resource "google_monitoring_alert_policy" "failed" {
  display_name          = "Tocsin: a run failed"
  combiner              = "OR"
  enabled               = local.watched
  notification_channels = google_monitoring_notification_channel.email[*].name

  conditions {
    display_name = "Failed job"
    condition_threshold {
      filter          = "metric.type=\"dataflow.googleapis.com/job/is_failed\" AND resource.type=\"dataflow_job\" AND resource.label.job_name=\"tocsin\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
}

# Rows written, by job, as a total so far; a stream's grows for ever. So a job's total is compared with its own an hour
# before, or with nothing if it did not run then. The table tells them by reason.
resource "google_monitoring_alert_policy" "rejects" {
  display_name          = "Tocsin: many rejects"
  combiner              = "OR"
  enabled               = local.watched
  notification_channels = google_monitoring_notification_channel.email[*].name

  conditions {
    display_name = "More than 100 new rejects in an hour"
    condition_prometheus_query_language {
      query                     = <<-EOT
        sum(
          max_over_time(${local.rejects}[1h])
          -
          (${local.rejects} offset 1h or 0 * max_over_time(${local.rejects}[1h]))
        ) > 100
      EOT
      duration                  = "0s"
      evaluation_interval       = "60s"
      disable_metric_validation = true
    }
  }

  documentation {
    content = "SELECT stage, reason, source, error FROM `${var.project}.${var.dataset}.rejects` WHERE seen > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)"
  }
}
