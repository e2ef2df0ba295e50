locals {
  # Written from the records by `python deploy/tables.py`; a run would create the very same tables.
  tables = jsondecode(file("${path.module}/tables.json"))
}

resource "google_bigquery_dataset" "tables" {
  dataset_id  = var.dataset
  location    = var.location
  description = "Mentions of strikes, envoys and sanctions in the news, and their counts by window."
  labels      = { app = "tocsin" }

  depends_on = [google_project_service.used]
}

resource "google_bigquery_table" "table" {
  for_each            = local.tables
  dataset_id          = google_bigquery_dataset.tables.dataset_id
  table_id            = each.key
  description         = each.value.description
  labels              = each.value.labels
  clustering          = each.value.cluster
  schema              = jsonencode(each.value.schema)
  deletion_protection = true

  time_partitioning {
    type  = "DAY"
    field = each.value.partition
    # Counts are small and are what is asked for years later.
    expiration_ms = var.partition_days > 0 && each.key != "mention_counts" ? var.partition_days * 86400000 : null
  }

  lifecycle {
    # A newer version of the job adds columns itself, and marks the table with its fingerprint.
    ignore_changes = [schema, labels]
  }
}
