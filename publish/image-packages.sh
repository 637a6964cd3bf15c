#!/bin/sh
# Installs the Debian packages named as arguments into a stage of the Dockerfile and leaves nothing beside them: no package lists,
# archives, manuals, translations or logs. Copyright notices stay.
set -eu
apt-get update
apt-get install -y --no-install-recommends \
    -o Dpkg::Options::='--path-exclude=/usr/share/doc/*' -o Dpkg::Options::='--path-include=/usr/share/doc/*/copyright' \
    -o Dpkg::Options::='--path-exclude=/usr/share/locale/*' -o Dpkg::Options::='--path-exclude=/usr/share/man/*' \
    -o Dpkg::Options::='--path-exclude=/usr/share/info/*' -o Dpkg::Options::='--path-exclude=/usr/share/lintian/*' \
    "$@"
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/* /var/lib/dpkg/*-old \
    /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
