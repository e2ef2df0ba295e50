#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile, then runs the samples inside it.
#
#   deploy/image.sh [TAG]            with docker, or buildah if there is no Docker daemon
#   BASES=local deploy/image.sh      also makes the base images here, where no image registry is reached:
#                                    Debian by debootstrap, Beam's boot program by Go; needs root
#
# PYTHON_IMAGE, BEAM_IMAGE and LAUNCHER_IMAGE replace the Dockerfile's own, for mirrors.
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:-tocsin:local}
beam_version=$(sed -n 's/.*"apache-beam\[gcp\]==\([0-9.]*\)".*/\1/p' pyproject.toml)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if docker info >/dev/null 2>&1; then
  builder=docker
else
  builder=buildah
  # Neither needs mounts or namespaces of its own, so a container is no hindrance.
  export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
fi

local_bases() {
  local root=${DEBIAN_ROOT:-$scratch/debian}
  if [ ! -d "$root" ]; then
    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates bookworm "$root"
  fi
  GOBIN=$scratch go install "github.com/apache/beam/sdks/v2/python/container@v$beam_version"
  printf '#!/bin/sh\necho "no launcher in this image: it was built without the registry that has it" >&2\nexit 1\n' \
    >"$scratch/python_template_launcher"
  chmod +x "$scratch/python_template_launcher"
  base debian "$root" /
  base beam "$scratch/container" /opt/apache/beam/boot
  base launcher "$scratch/python_template_launcher" /opt/google/dataflow/python_template_launcher
  export PYTHON_IMAGE=localhost/tocsin-debian
  export BEAM_IMAGE=localhost/tocsin-beam
  export LAUNCHER_IMAGE=localhost/tocsin-launcher
}

base() {
  local container
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$2" "$3" >/dev/null
  buildah commit --quiet "$container" "localhost/tocsin-$1" >/dev/null
  buildah rm "$container" >/dev/null
}

options=(--file deploy/Dockerfile --tag "$tag")
if [ "${BASES:-}" = local ]; then
  builder=buildah
  local_bases
  # The certificates that this machine trusts hold inside, too.
  options+=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
fi
for name in PYTHON_IMAGE BEAM_IMAGE LAUNCHER_IMAGE; do
  if [ -n "${!name:-}" ]; then options+=(--build-arg "$name=${!name}"); fi
done
"$builder" build "${options[@]}" .

# The worker's program is there, and the job runs on the samples with what is in the image alone.
try=(sh -c 'test -x /opt/apache/beam/boot && cd /tmp && tocsin run /template/seeds/articles --output out --json --now 2026-06-01')
if [ "$builder" = docker ]; then
  docker run --rm --network none --entrypoint "${try[0]}" "$tag" "${try[@]:1}"
else
  container=$(buildah from "$tag")
  buildah run "$container" -- "${try[@]}"
  buildah rm "$container" >/dev/null
fi
