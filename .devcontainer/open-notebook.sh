#!/usr/bin/env bash
# Shows the first notebook when VS Code attaches; other clients have no 'code'.
set -euo pipefail
if command -v code >/dev/null; then code notebooks/01-lora.ipynb; fi
