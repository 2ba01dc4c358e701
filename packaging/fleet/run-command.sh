#!/bin/sh
# acr-diagnose by Run Command, on a machine or a whole scale set; README.md has the commands.
#
#   run-command.sh TARGET [short|line]
#
# `short` prints the verdict for a reader, `line` one line of JSON for `acr-diagnose fleet`.
# Each fits the 4,096 bytes that Run Command gives back, and stands last
# (https://learn.microsoft.com/azure/virtual-machines/linux/run-command, "Restrictions").
# Exit code 0: there is a verdict, whatever it says. 2: wrong words. 5: there is none.
#
# Run Command starts this as root with sh and no terminal. Nothing is left behind.
set -eu

TARGET=${1:-${TARGET:-}}
FORM=${2:-${FORM:-short}}
# Where the program is, unless a package brought it: a file, such as one on a share, or an
# address. Fill it in here: az takes what has an = in it for a name and a value.
PYZ=${PYZ:-}
SHA256=${SHA256:-} # of that file, from SHA256SUMS; nothing is fetched without it
SECONDS_EACH=${SECONDS_EACH:-60}

fail() {
  echo "acr-diagnose run-command.sh: $2"
  exit "$1"
}

[ -n "$TARGET" ] || fail 2 "no TARGET: give it an image, such as myregistry.azurecr.io/app:v1"
case $FORM in
  short | line) ;;
  *) fail 2 "the form is short or line, not $FORM" ;;
esac

folder=$(mktemp -d "${TMPDIR:-/tmp}/acr-diagnose.XXXXXX" 2>/dev/null) ||
  folder=$(mktemp -d /run/acr-diagnose.XXXXXX 2>/dev/null) ||
  folder=$(mktemp -d /dev/shm/acr-diagnose.XXXXXX) || fail 5 "there is no folder to write to"
trap 'rm -rf "$folder"' EXIT
trap 'exit 5' HUP INT TERM

python=
for one in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
  if "$one" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    python=$one
    break
  fi
done

matches() {
  [ -z "$SHA256" ] || [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$SHA256" ]
}

if [ -n "$PYZ" ]; then
  [ -n "$python" ] || fail 5 "it needs Python 3.10 or newer, and none is on PATH"
  case $PYZ in
    https://*)
      [ -n "$SHA256" ] || fail 2 "PYZ is an address, and SHA256 is empty"
      archive=$folder/acr-diagnose.pyz
      # The address is not told: it may hold a signature.
      "$python" -I - "$PYZ" "$archive" 2>"$folder/said" <<'END' ||
import shutil, sys, urllib.request
with open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(urllib.request.urlopen(sys.argv[1], timeout=60), file)
END
        fail 5 "the program could not be fetched: $(tail -n 1 "$folder/said" | cut -c 1-300)"
      ;;
    *)
      archive=$PYZ
      [ -r "$archive" ] || fail 5 "$archive is not there"
      ;;
  esac
  matches "$archive" || fail 5 "the sum of the program is not the one that was expected"
  set -- "$python" -I "$archive"
elif command -v acr-diagnose >/dev/null 2>&1; then
  set -- acr-diagnose
elif [ -r /opt/acr-diagnose/acr-diagnose.pyz ] && [ -n "$python" ]; then
  set -- "$python" -I /opt/acr-diagnose/acr-diagnose.pyz
else
  fail 5 "the program is not on this machine: install a package, or fill in PYZ"
fi

code=0
case $FORM in
  short)
    "$@" run "$TARGET" -o short --timeout "$SECONDS_EACH" \
      >"$folder/verdict" 2>"$folder/said" </dev/null || code=$?
    ;;
  line)
    "$@" k8s node "$TARGET" --exit-zero --timeout "$SECONDS_EACH" \
      >"$folder/verdict" 2>"$folder/said" </dev/null || code=$?
    ;;
esac
case $code in
  0 | 1 | 3) ;;
  *)
    # A slip of ours or of the words: what it said last, and no more than fits.
    tail -c 3000 "$folder/said"
    cat "$folder/verdict"
    fail "$([ "$code" = 2 ] && echo 2 || echo 5)" "acr-diagnose ended with exit code $code"
    ;;
esac
# A line of JSON may be 4,096 bytes long; its end of line would push its first byte out.
printf '%s' "$(cat "$folder/verdict")"
