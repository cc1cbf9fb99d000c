# How sources are unpacked and compiled; read by firmware/sdk/sysroot.
# A hash of this file is in the key of every library: a change rebuilds all.
#
# A recipe runs in the unpacked, patched source with -eu, and has
#   CC CFLAGS AR   the target's compiler and flags
#   DEST           install here: include/, lib/, src/
#   TRIPLE JOBS    target triple; compilations at a time

# The target's compiler over a folder with musl in it: gcc with musl's start
# files and headers in place of the C library that gcc was built for.
write_compiler() { # FOLDER as it will be called, FOLDER now
	rm -rf "$2/bin"
	mkdir -p "$2/bin"
	cat >"$2/bin/cc.specs" <<-END
		%rename cpp_options old_cpp_options

		*cpp_options:
		-nostdinc -isystem $1/include -isystem include%s %(old_cpp_options)

		*cc1:
		%(cc1_cpu) -nostdinc -isystem $1/include -isystem include%s

		*link_libgcc:
		-L$1/lib -L .%s

		*libgcc:
		libgcc.a%s

		*startfile:
		$1/lib/rcrt1.o $1/lib/crti.o

		*endfile:
		$1/lib/crtn.o

		*link:
		-static -pie --no-dynamic-linker

		*esp_link:


		*esp_options:


		*esp_cpp_options:


	END
	cat >"$2/bin/cc" <<-END
		#!/bin/sh
		exec $TARGET_GCC -specs=$1/bin/cc.specs -ffile-prefix-map=$1=/sysroot "\$@"
	END
	chmod +x "$2/bin/cc"
}

# Unpack the pinned tarballs of a library here and apply Debian's patches,
# then ours.  Without a .dsc this needs no more than tar and patch.
unpack() { # LIBRARY
	pin=$sdk/pins/$1.pin
	only=$(sed -n 's/^unpack  *//p' "$pin")
	sed -n 's/^sha256  *//p' "$pin" | while read -r hash name; do
		case $name in
		*.orig.tar.*)
			strip=1
			[ -z "$only" ] || strip=3
			set -f
			tar xf "$cache/files/$hash" --strip-components=$strip \
			    --wildcards --no-same-owner ${only:+"$only"}
			set +f
			;;
		*.debian.tar.*)
			# A part of a source: Debian's patches are for the rest.
			[ -n "$only" ] || tar xf "$cache/files/$hash" \
			    --no-same-owner
			;;
		esac
	done
	if [ -f debian/patches/series ]; then
		sed -e 's/[[:space:]]*#.*//' -e '/^$/d' debian/patches/series |
		while read -r name; do
			patch -s -p1 <"debian/patches/$name"
		done
	fi
	for file in "$sdk/patches/$1"/*.patch; do
		[ ! -f "$file" ] || patch -s -p1 <"$file"
	done
}

# archive NAME FLAGS SOURCE...: compile and make $DEST/lib/libNAME.a.
archive() {
	name=$1 flags=$2
	shift 2
	mkdir -p "$DEST/lib" obj
	for source; do
		object=obj/$(echo "${source%.c}" | tr / _).o
		echo "$object $source"
	done | xargs -P "$JOBS" -n 2 sh -c \
	    "$CC $CFLAGS $flags -c -o \$0 \$1 || exit 255"
	$AR rcsD "$DEST/lib/lib$name.a" obj/*.o
}

# install_headers FILE...
install_headers() {
	mkdir -p "$DEST/include"
	cp "$@" "$DEST/include"
}

# install_sources NAME FILE...: what fuzz targets compile under sanitizers.
install_sources() {
	mkdir -p "$DEST/src/$1"
	to=$DEST/src/$1
	shift
	cp "$@" "$to"
}
