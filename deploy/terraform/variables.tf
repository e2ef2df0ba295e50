variable "project" {
  description = "Id of the Google Cloud project that everything lives in."
  type        = string
}

variable "region" {
  description = "Region of the bucket, the images and the jobs, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "A region is named like europe-west1; this looks like a zone or a continent."
  }
}

variable "location" {
  description = "Location of the dataset: a multi-region such as EU or US, or the region."
  type        = string
  default     = "EU"
}

variable "dataset" {
  description = "Name of the BigQuery dataset."
  type        = string
  default     = "tocsin"
}

variable "image_tag" {
  description = "Tag of the image in the repository that is made here."
  type        = string
}

variable "feeds" {
  description = "gs:// path of the list of feeds; the bucket that is made here has a place for it."
  type        = string
  default     = ""
}

variable "schedule" {
  description = "When a run begins, as cron in UTC."
  type        = string
  default     = "*/30 * * * *"
}

variable "runs" {
  description = "What runs: none, as at the first apply, which has no image yet; scheduled, by the schedule made here; launched, by you or another scheduler, such as a stream. Alerts watch all but none."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "scheduled", "launched"], var.runs)
    error_message = "One of none, scheduled and launched."
  }
}

variable "window" {
  description = "Length of the count windows; a dataset keeps the one it began with."
  type        = string
  default     = "1h"
}

variable "keep_text" {
  description = "Whether the articles table keeps the text of articles."
  type        = bool
  default     = false
}

variable "machine_type" {
  description = "Machine of the worker. One small one is enough for some thousand feeds."
  type        = string
  default     = "n1-standard-2"
}

variable "max_workers" {
  description = "Most workers that a job may grow to."
  type        = number
  default     = 4
}

variable "partition_days" {
  description = "Days after which rows of mentions, articles, rejects and feed health go; 0 keeps them."
  type        = number
  default     = 0
}

variable "stale_hours" {
  description = "Hours without new data after which somebody is told; longer than from one run to the next."
  type        = number
  default     = 3
}

variable "alert_email" {
  description = "Who is told of stale data and of many rejects; empty for nobody."
  type        = string
  default     = ""
}
