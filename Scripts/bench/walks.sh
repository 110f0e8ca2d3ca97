#!/bin/bash
# Random walks on the 131k vocabulary: at every step the mask must be the walk of every token's bytes. Half of the walks go
# through random schemas of all keywords, half over MaskBench; prints how many masks were compared and how many differ.
#
#   Scripts/bench/walks.sh [WALKS [SEED]]      20000 by default; needs ../shared/maskbench and ../shared/vocab
set -euo pipefail
cd "$(dirname "$0")/../.."
export CALLGATE_MASK_WALKS=${1:-20000} CALLGATE_MASK_SEED=${2:-1}
swift test --filter FullWalkTests 2>&1 | grep -E 'walks, |differ|error|passed|failed'
