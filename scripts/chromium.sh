#!/bin/sh
# Make sure that the browser tests have Debian's Chromium; only root can install it.
set -eu
if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The browser tests need Chromium. As root: apt-get update && apt-get install -y chromium" >&2
    exit 1
fi
echo "Installing Chromium for the browser tests ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
