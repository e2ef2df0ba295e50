locals {
  launch = {
    launchParameter = {
      # A fixed name: Dataflow refuses a second job of it while one runs, so runs never overlap.
      jobName              = "tocsin"
      containerSpecGcsPath = local.template
      parameters = {
        feeds               = local.feeds
        output              = "bq://${var.project}.${google_bigquery_dataset.tables.dataset_id}"
        window              = var.window
        keep_text           = tostring(var.keep_text)
        sdk_container_image = local.image
        sdk_location        = "container"
      }
      environment = {
        tempLocation          = "gs://${google_storage_bucket.files.name}/temp"
        stagingLocation       = "gs://${google_storage_bucket.files.name}/staging"
        serviceAccountEmail   = google_service_account.worker.email
        machineType           = var.machine_type
        maxWorkers            = var.max_workers
        additionalExperiments = ["use_runner_v2"]
        additionalUserLabels  = { app = "tocsin" }
      }
    }
  }

  # The same as a job that never ends, in place of the schedule; its name is the same, so one excludes the other.
  stream = {
    launchParameter = merge(local.launch.launchParameter, {
      parameters = merge(local.launch.launchParameter.parameters, {
        stream     = "true"
        poll_every = "1m"
      })
      environment = merge(local.launch.launchParameter.environment, {
        enableStreamingEngine = true
      })
    })
  }
}

resource "google_cloud_scheduler_job" "run" {
  name             = "tocsin"
  description      = "Polls the feeds and counts what is new."
  schedule         = var.schedule
  time_zone        = "Etc/UTC"
  region           = var.region
  paused           = var.runs != "scheduled"
  attempt_deadline = "180s"

  retry_config {
    retry_count = 1
  }

  http_target {
    http_method = "POST"
    uri         = "https://dataflow.googleapis.com/v1b3/projects/${var.project}/locations/${var.region}/flexTemplates:launch"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode(local.launch))

    oauth_token {
      service_account_email = google_service_account.scheduler.email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }

  depends_on = [google_project_service.used, google_storage_bucket_object.template]
}
