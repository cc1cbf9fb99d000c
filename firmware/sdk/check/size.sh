#!/bin/sh
# size.sh OUT MAX PROGRAM...: bytes of each program stripped, their sum, and
# whether each is linked as sdk.mk means it.
set -eu
out=$1 max=$2
shift 2
mkdir -p "$out/stripped"
total=0 bad=0

wrong() { echo "$1: $2" >&2; bad=1; }

check() { # NAME FILE
	readelf -hldW "$2" >"$out/stripped/.elf"
	grep -q 'Type: *DYN' "$out/stripped/.elf" ||
	    wrong "$1" "not position-independent"
	! grep -q INTERP "$out/stripped/.elf" ||
	    wrong "$1" "asks for a dynamic loader"
	! grep -q 'NEEDED' "$out/stripped/.elf" ||
	    wrong "$1" "asks for a shared library"
	grep -q GNU_RELRO "$out/stripped/.elf" || wrong "$1" "no RELRO"
	grep -q 'FLAGS.*NOW\|BIND_NOW' "$out/stripped/.elf" ||
	    wrong "$1" "not bound at start"
	grep -q 'GNU_STACK.* RW  *0x' "$out/stripped/.elf" ||
	    wrong "$1" "its stack is executable"
	! grep -Eq ' (RWE|WE) ' "$out/stripped/.elf" ||
	    wrong "$1" "a segment is writable and executable"
	! grep -q TEXTREL "$out/stripped/.elf" ||
	    wrong "$1" "relocations in its code"
	! grep -qaF "$PWD/" "$2" || wrong "$1" "names the builder's folder"
}

for program; do
	stripped=$out/stripped/$program
	$STRIP -o "$stripped" "$out/bin/$program"
	bytes=$(wc -c <"$stripped")
	total=$((total + bytes))
	printf '%10d  %s\n' "$bytes" "$program"
	check "$program" "$stripped"
done
printf '%10d  all, of %d\n' "$total" "$max"
if [ "$total" -gt "$max" ]; then
	echo "size: over the limit by $((total - max)) bytes" >&2
	bad=1
fi
exit $bad
