# Data is stale when no run has brought rows for some hours, whatever the reason. Every run that polls
# loads its rows of feed_health just before it commits, news or not, and logs it.
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

resource "google_monitoring_alert_policy" "stale" {
  display_name          = "Tocsin: no run has brought data for ${var.stale_hours} hours"
  combiner              = "OR"
  enabled               = !var.paused
  notification_channels = google_monitoring_notification_channel.email[*].name

  conditions {
    display_name = "No data loaded"
    condition_absent {
      filter   = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.loaded.name}\" AND resource.type=\"dataflow_step\""
      duration = "${var.stale_hours * 3600}s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_SUM"
      }
    }
  }

  documentation {
    content = "The counts are older than ${var.stale_hours} hours. See the failed job in Dataflow, or whether the schedule is paused. A run that failed committed nothing; starting it again is safe."
  }
}

resource "google_monitoring_alert_policy" "failed" {
  display_name          = "Tocsin: a run failed"
  combiner              = "OR"
  enabled               = !var.paused
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

# Counters of the flow arrive in Monitoring as user counters; rejects are told by reason in the table.
resource "google_monitoring_alert_policy" "rejects" {
  display_name          = "Tocsin: many rejects"
  combiner              = "OR"
  enabled               = !var.paused
  notification_channels = google_monitoring_notification_channel.email[*].name

  conditions {
    display_name = "More than 100 rejects in a run"
    condition_threshold {
      filter          = "metric.type=\"dataflow.googleapis.com/job/user_counter\" AND resource.type=\"dataflow_job\" AND resource.label.job_name=\"tocsin\" AND metric.label.metric_name=monitoring.regex.full_match(\"(read|parse|date|tag|poll|write)\\\\.[a-z_]+\")"
      comparison      = "COMPARISON_GT"
      threshold_value = 100
      duration        = "0s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_MAX"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    content = "SELECT stage, reason, source, error FROM `${var.project}.${var.dataset}.rejects` WHERE seen > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)"
  }
}
