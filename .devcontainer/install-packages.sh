#!/usr/bin/env bash
# Run as root while the image is built: what a terminal needs, and JupyterLab in /opt/jupyter.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends ca-certificates git python3-venv sudo
rm -rf /var/lib/apt/lists/*

echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/ubuntu
chmod 0440 /etc/sudoers.d/ubuntu

python3 -m venv /opt/jupyter
/opt/jupyter/bin/pip install --no-cache-dir 'jupyterlab>=4,<5'
