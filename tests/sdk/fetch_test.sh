#!/bin/sh
# firmware/sdk/fetch believes the pins and nobody else.  apt is played by a
# script that hands out the files of $served; no network is used.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
served=$work/served
mkdir -p "$work/bin" "$served"
export XDG_CACHE_HOME="$work/cache" PATH="$work/bin:$PATH"

cat >"$work/bin/apt-get" <<END
#!/bin/sh
case "\$*" in
*indextargets*) echo file:$work/nowhere ;;
*" source "*)   echo asked >>$work/asked; cp $served/* . 2>/dev/null ;;
esac
END
chmod +x "$work/bin/apt-get"

count=0 failed=0
claim() { # STATUS TEXT
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

pin=$work/thing.pin
printf 'right' >"$served/thing_1.orig.tar.gz"
hash=$(printf 'right' | sha256sum | cut -c1-64)
gone=$(printf 'gone' | sha256sum | cut -c1-64)
cat >"$pin" <<END
source  thing
version 1
suite   trixie
sha256  $gone thing_1.dsc
sha256  $hash thing_1.orig.tar.gz
END
held="$work/cache/guichet/files/$hash"

firmware/sdk/fetch "$pin" >"$work/log" 2>&1 && st=0 || st=1
claim $st "right bytes are taken though the .dsc cannot be had"
[ "$(cat "$held" 2>/dev/null)" = right ] && st=0 || st=1
claim $st "they lie in the cache under their hash"

sed -i '/dsc/d' "$pin"
: >"$work/asked"
firmware/sdk/fetch "$pin" >"$work/log" 2>&1 && st=0 || st=1
claim $st "a second time succeeds"
[ ! -s "$work/asked" ] && st=0 || st=1
claim $st "and asks apt nothing"

rm -f "$held"
printf 'wrong' >"$served/thing_1.orig.tar.gz"
firmware/sdk/fetch "$pin" >"$work/log" 2>&1 && st=1 || st=0
claim $st "bytes that are not the pin's are refused"
grep -q "thing_1.orig.tar.gz: sha256 is .* says $hash" "$work/log" && st=0 || st=1
claim $st "the message names the file and both hashes"
[ -z "$(ls "$work/cache/guichet/files")" ] && st=0 || st=1
claim $st "nothing of them is kept"

rm -f "$served/thing_1.orig.tar.gz"
firmware/sdk/fetch "$pin" >"$work/log" 2>&1 && st=1 || st=0
claim $st "a file that cannot be had is a failure"

echo "1..$count"
exit $failed
