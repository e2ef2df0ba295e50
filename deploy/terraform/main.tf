locals {
  services = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "dataflow.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "storage.googleapis.com",
  ]
  bucket   = "${var.project}-tocsin"
  image    = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}/tocsin:${var.image_tag}"
  template = "gs://${google_storage_bucket.files.name}/templates/tocsin.json"
  feeds    = var.feeds != "" ? var.feeds : "gs://${google_storage_bucket.files.name}/feeds.opml"
}

resource "google_project_service" "used" {
  for_each           = toset(local.services)
  service            = each.value
  disable_on_destroy = false
}

resource "google_storage_bucket" "files" {
  name                        = local.bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # Staged files are worth nothing once their run is over, and soft-deleted ones would still be billed.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    condition {
      age            = 7
      matches_prefix = ["temp/", "staging/"]
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_artifact_registry_repository" "images" {
  repository_id = "tocsin"
  location      = var.region
  format        = "DOCKER"
  description   = "Images that launch and run Tocsin."

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  depends_on = [google_project_service.used]
}

# The file that names image and parameters: what `gcloud dataflow flex-template build` would write.
resource "google_storage_bucket_object" "template" {
  name         = "templates/tocsin.json"
  bucket       = google_storage_bucket.files.name
  content_type = "application/json"
  content = jsonencode({
    image    = local.image
    metadata = jsondecode(file("${path.module}/../metadata.json"))
    sdkInfo  = { language = "PYTHON" }
  })
}
