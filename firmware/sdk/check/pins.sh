#!/bin/sh
# Every pin is whole, has a recipe, and no file of ours names an archive's host.
set -eu
cd "$(dirname "$0")/.."
bad=0
say() { echo "firmware/sdk/$1"; bad=1; }

for pin in pins/*.pin; do
	name=$(basename "$pin" .pin)
	[ -f "recipes/$name.sh" ] || say "$pin: no recipes/$name.sh"
	for field in source version suite; do
		grep -q "^$field  *[^ ]" "$pin" || say "$pin: no $field"
	done
	for kind in '\.orig\.tar\.' '\.debian\.tar\.' '\.dsc$'; do
		grep -Eq "^sha256  *[0-9a-f]{64} [^ ]*$kind" "$pin" ||
		    say "$pin: no sha256 of $kind"
	done
done
for recipe in recipes/*.sh; do
	name=$(basename "$recipe" .sh)
	[ -f "pins/$name.pin" ] || say "$recipe: no pins/$name.pin"
done
for patch in patches/*/*.patch; do
	name=$(basename "$(dirname "$patch")")
	[ -f "pins/$name.pin" ] || say "$patch: no pins/$name.pin"
	# The header says why, before the first hunk.
	[ "$(sed -n '/^--- /q;p' "$patch" | wc -w)" -ge 20 ] ||
	    say "$patch: its header does not say why"
done
if grep -nE 'https?://' fetch sysroot recipe.sh sdk.mk deps pins/* recipes/*; then
	say "above: an archive's address; it belongs to the machine's apt"
fi
exit $bad
