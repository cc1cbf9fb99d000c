# How what runs before the first program is built: from pinned sources, the
# same bytes on every machine, once per hash of all that goes in.  Read by
# firmware/boot/build and firmware/kernel/build, which set $root.
#
# What is in the cache is complete: it is built aside and renamed into place
# under a lock, so that several makes share it.  The cache may be removed.

umask 022
# What stands on our make's command line would override variables of the same
# name in the makefiles of U-Boot (BOARD, VENDOR) and of the kernel (VERSION).
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL \
    BOARD VERSION RELEASE FLOOR KEYS VENDOR TARGET V
# No python or compiler that the user has in front of Debian's: binman wants
# Debian's elftools.  UTF-8, as it prints names.
export LC_ALL=C.UTF-8 TZ=UTC PATH=/usr/bin:/bin:/usr/sbin:/sbin
# The date that is in U-Boot, in TF-A and in the kernel: of no build, only the
# same for all.  When a release was made is in its /etc/guichet/release.
export SOURCE_DATE_EPOCH=1735689600
export KBUILD_BUILD_TIMESTAMP='Wed Jan  1 00:00:00 UTC 2025'
export KBUILD_BUILD_USER=guichet KBUILD_BUILD_HOST=guichet
export KBUILD_BUILD_VERSION=1

cache=${XDG_CACHE_HOME:-$HOME/.cache}/guichet
# recipe.sh's unpack looks for pins/ and patches/ here.
sdk=$root/firmware/boot
. "$root/firmware/sdk/recipe.sh"

jobs=$(nproc)
cross=aarch64-linux-gnu-
command -v "${cross}gcc" >/dev/null || {
	echo "build: no ${cross}gcc on this machine; run make deps" >&2
	exit 1
}
if command -v ccache >/dev/null; then
	export CCACHE_DIR=$cache/ccache CCACHE_BASEDIR=$cache CCACHE_MAXSIZE=2G
	cross="ccache $cross"
fi

# fetch NAME...: the tarballs of pins/NAME.pin are in the cache.  (A .dsc is
# not built from; some cannot be had, and would be asked for each time.)
fetch() {
	for name; do
		sed -n 's/^sha256  *//p' "$sdk/pins/$name.pin" |
		grep -v '\.dsc$' | while read -r hash file; do
			[ -f "$cache/files/$hash" ] || echo "$file"
		done | grep -q . || continue
		"$root/firmware/sdk/fetch" "$sdk/pins/$name.pin"
	done
}

hash() { sha256sum | cut -c1-16; }

# key FILE...: of these files' contents, and of what every build depends on.
key() {
	{
		aarch64-linux-gnu-gcc -v 2>&1
		aarch64-linux-gnu-ld -v
		cat "$root/firmware/boot/cached.sh" "$root/firmware/sdk/recipe.sh" "$@"
	} | hash
}

# cached NAME KEY FUNCTION: $built is the folder of NAME, made by FUNCTION if
# it is not there: FUNCTION runs with -eu in an empty folder, fills $DEST.
cached() {
	built=$cache/built/$1-$2
	[ ! -d "$built" ] || return 0
	mkdir -p "$cache/built" "$cache/work"
	exec 8>"$cache/build-$1.lock"
	flock 8
	if [ ! -d "$built" ]; then
		echo "  BUILD $1"
		work=$cache/work/$1
		rm -rf "$work"
		mkdir -p "$work/source" "$work/dest"
		(
			cd "$work/source"
			DEST=$work/dest
			"$3"
		)
		mv "$work/dest" "$built"
		rm -rf "$work"
	fi
	flock -u 8
}

# give FROM TO: a copy, never half of one.
give() {
	mkdir -p "$(dirname "$2")"
	cp "$1" "$2.$$"
	mv "$2.$$" "$2"
}
