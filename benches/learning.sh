#!/usr/bin/env bash
# How soon a recipe learns: label accuracy and Fréchet distance of 5,000 samples of the moving average,
# by seed and step, read by `ganvas eval`. The quality figures of the README come from here.
#
#   MNIST=DIR benches/learning.sh "SEEDS" STEPS EVERY [--preset NAME] [--set PATH=VALUE ...]
#
# GANVAS may name a built program; otherwise an optimised one is built.
set -euo pipefail
seeds=$1 steps=$2 every=$3
shift 3
ganvas=${GANVAS:-}
if [ -z "$ganvas" ]; then
  cargo build --release --quiet
  ganvas=${CARGO_TARGET_DIR:-target}/release/ganvas
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf 'seed\tstep\tlabel accuracy\tFréchet distance\n'
for seed in $seeds; do
  "$ganvas" train --data "${MNIST:?the folder with the four MNIST files}" --steps "$steps" \
    --every "$every" --keep --seed "$seed" --out "$work/$seed" "$@" > "$work/log" 2>&1
  for ((step = every; step <= steps; step += every)); do
    checkpoint=$(printf '%s/%s/checkpoint-%06d.safetensors' "$work" "$seed" "$step")
    "$ganvas" sample --checkpoint "$checkpoint" --count 5000 --seed 1 --out "$work/images.idx" --force > /dev/null
    # An unconditional run has no labels, and no accuracy.
    "$ganvas" eval "$work/images.idx" --data "$MNIST" > "$work/eval.json"
    figure() { sed -n "s/^  \"$1\": \([0-9.]*\).*/\1/p" "$work/eval.json"; }
    accuracy=$(figure label_accuracy)
    printf '%s\t%s\t%s\t%.1f\n' "$seed" "$step" "${accuracy:+$(printf %.3f "$accuracy")}" "$(figure frechet_distance)"
  done
done
