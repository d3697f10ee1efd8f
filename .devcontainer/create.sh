#!/usr/bin/env bash
# Builds univg and installs its kernel for the current user; run in a new container, and again where a GPU came or went.
# UNIVG_TORCH_BACKEND=cpu or cuda decides instead of nvidia-smi.
set -euo pipefail
cd "$(dirname "$0")/.."

build() {
    dotnet build src/UniVG.Kernel -c Release -p:TorchBackend="$1" -nologo -v quiet
}

backend=${UNIVG_TORCH_BACKEND:-cpu}
if [ -z "${UNIVG_TORCH_BACKEND:-}" ] && nvidia-smi >/dev/null 2>&1; then backend=cuda; fi

if [ "$backend" = cuda ] && ! build cuda; then
    echo "univg cannot be built for CUDA (see above); it is built for the CPU. To try again: UNIVG_TORCH_BACKEND=cuda .devcontainer/create.sh" >&2
    backend=cpu
fi
if [ "$backend" != cuda ]; then build "$backend"; fi

univg() {
    dotnet run --project src/UniVG.Kernel -c Release --no-build -p:TorchBackend="$backend" -- "$@"
}

univg install --user
univg doctor
