output "image" {
  description = "What to tag and push the image as."
  value       = local.image
}

output "feeds" {
  description = "Where the list of feeds belongs."
  value       = local.feeds
}

output "template" {
  description = "The template's file, for gcloud dataflow flex-template run."
  value       = local.template
}

output "worker" {
  description = "Account that jobs run as."
  value       = google_service_account.worker.email
}

output "launch" {
  description = "What the schedule posts to flexTemplates:launch; add validateOnly to try it."
  value       = jsonencode(local.launch)
}

output "launch_stream" {
  description = "The same for a job that never ends, which runs in place of the schedule."
  value       = jsonencode(local.stream)
}
