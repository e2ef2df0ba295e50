project     = "my-project"
region      = "europe-west1"
location    = "EU"
image_tag   = "0.1.0"
paused      = true
alert_email = "desk@example.org"
