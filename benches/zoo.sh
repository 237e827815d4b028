#!/usr/bin/env bash
# What each preset comes to: MNIST, 5,000 samples of the moving average, read by `ganvas eval`.
#
#   MNIST=DIR benches/zoo.sh [--seeds "1 2 3"] [--published] [PRESET ...]
#
# Trains each preset (all of `ganvas presets` where none is named) until its discriminator has seen 128,000 real
# pictures, or more where its drawings need them; IMAGES for others. Puts a row for each seed into docs/zoo/figures.tsv,
# in the place of an earlier one of the same preset, seed and images, and seed 1's drawings into docs/zoo/PRESET.png.
# Then writes the table of docs/zoo.md anew from the rows: with PRESET `none` it does only that.
# With --published the presets have their authors' settings (benches/published.txt), a row of their own and no drawings.
#
# GANVAS may name a built program; otherwise an optimised one is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seeds=1
if [ "${1:-}" = --seeds ]; then
  seeds=$2
  shift 2
fi
published=
if [ "${1:-}" = --published ]; then
  published=benches/published.txt
  shift
fi
ganvas=${GANVAS:-}
if [ -z "$ganvas" ]; then
  cargo build --release --quiet
  ganvas=${CARGO_TARGET_DIR:-target}/release/ganvas
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ganvas" presets --json > "$work/presets.json"
known=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).presets.map(p => p.name).join(" ")' "$work/presets.json")
if [ $# -eq 0 ] && [ -n "$published" ]; then
  known=$(sed -n 's/^\([a-z0-9-]*\) .*/\1/p' "$published" | grep -vx all)
fi
[ $# -gt 0 ] || set -- $known

for preset in "$@"; do
  [ "$preset" != none ] || continue
  name=$preset
  settings=()
  if [ -n "$published" ]; then
    name="$preset, as published"
    for setting in $(sed -n "s/^\(all\|$preset\) //p" "$published"); do
      settings+=(--set "$setting")
    done
  fi
  pictures=$(node -p '
    const { recipe } = JSON.parse(fs.readFileSync(process.argv[1])).presets.find(p => p.name == process.argv[2]);
    const steps = process.argv.find(setting => setting.startsWith("d_steps="));
    recipe.batch * (steps ? steps.slice(8) : recipe.d_steps)' "$work/presets.json" "$preset" "${settings[@]}")
  images=128000
  case "$preset$published" in
    dcgan | vanilla | dragan | ragan | hinge | infogan) images=512000 ;;
    wgan) images=1024000 ;;
  esac
  steps=$((${IMAGES:-$images} / pictures))
  for seed in $seeds; do
    run=$work/$preset-$seed
    "$ganvas" train --preset "$preset" "${settings[@]}" --data "${MNIST:?the folder with the four MNIST files}" --seed "$seed" \
      --steps "$steps" --every "$steps" --out "$run" > "$work/log" 2>&1 || { cat "$work/log" >&2; continue; }
    if [ "$seed" = 1 ] && [ -z "$published" ]; then
      "$ganvas" sample --checkpoint "$run/checkpoint.safetensors" --count 40 --seed 1 --out "$run/shown.idx" \
        --grid "docs/zoo/$preset.png" --force > /dev/null
    fi
    "$ganvas" sample --checkpoint "$run/checkpoint.safetensors" --count 5000 --seed 1 --out "$run/images.idx" > /dev/null
    "$ganvas" eval "$run/images.idx" --data "$MNIST" > "$run/eval.json"
    node benches/zoo.mjs add "$name" "$seed" "$((steps * pictures))" "$run/eval.json"
  done
done
node benches/zoo.mjs table "$work/presets.json"
