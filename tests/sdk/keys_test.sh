#!/bin/sh
# The key ceremony's scripts: what they make, what they refuse, and that what
# sign-update signs is what the format says.  Everything in a folder of its own.
set -eu
cd "$(dirname "$0")/../.."
keys=$PWD/provisioning/keys
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"

count=0 failed=0
claim() { # STATUS TEXT
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/log" 2>/dev/null || true
		failed=1
	fi
}
holds() { # TEXT COMMAND...
	text=$1
	shift
	"$@" >"$work/log" 2>&1 && st=0 || st=1
	claim $st "$text"
}
refused() { # TEXT PATTERN COMMAND...
	text=$1 pattern=$2
	shift 2
	if "$@" >"$work/log" 2>&1; then
		claim 1 "$text"
	else
		grep -q -e "$pattern" "$work/log" && st=0 || st=1
		claim $st "$text"
	fi
}
modes() { stat -c '%a' "$@" | tr '\n' ' '; }

# --- throw-away keys
holds "development keys are made" "$keys/development"
dev=$("$keys/development")
before=$(sha256sum "$dev"/*)
"$keys/development" >/dev/null
[ "$before" = "$(sha256sum "$dev"/*)" ] && st=0 || st=1
claim $st "once: a second call changes nothing"
[ "$(modes "$dev" "$dev/boot.key" "$dev/update.key")" = "700 600 600 " ] &&
    st=0 || st=1
claim $st "nobody else can read them"
holds "an image can be made with them" "$keys/ready" "$dev"
refused "but not for a vendor" "development keys" "$keys/ready" "$dev" --vendor
mkdir "$work/moved"
cp "$dev/boot.crt" "$dev/boot.key" "$dev/update.pub" "$work/moved"
refused "nor from another folder: the certificate says what it is" \
    "for development" "$keys/ready" "$work/moved" --vendor

# --- keys with a passphrase
vendor=$work/vendor
echo secret >"$work/pass"
holds "a boot key" "$keys/make-boot-key" --pass "file:$work/pass" "$vendor"
holds "an update key" "$keys/make-update-key" --pass "file:$work/pass" \
    "$work/update"
grep -q ENCRYPTED "$vendor/boot.key" && grep -q ENCRYPTED \
    "$work/update/update.key" && st=0 || st=1
claim $st "private keys are encrypted"
refused "a key that is there is left alone" "left alone" \
    "$keys/make-boot-key" --plain "$vendor"
refused "without update.pub no image" "update.pub is not there" \
    "$keys/ready" "$vendor"
cp "$work/update/update.pub" "$vendor"
holds "vendor's keys are taken" "$keys/ready" "$vendor" --vendor
cp "$dev/update.pub" "$vendor"
refused "not with the development key for updates" "for development" \
    "$keys/ready" "$vendor" --vendor
cp "$work/update/update.pub" "$vendor"
cp "$work/update/update.key" "$vendor"
refused "nor with both private keys in one place" "beside boot.key" \
    "$keys/ready" "$vendor" --vendor
rm "$vendor/update.key"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout "$work/k" \
    -out "$work/moved/boot.crt" 2>/dev/null
refused "nor with a boot key of 2048 bits" "4096" "$keys/ready" "$work/moved"

# --- fingerprints
"$keys/fingerprints" "$vendor" >"$work/one"
want=$(openssl pkey -pubin -in "$vendor/update.pub" -outform DER | sha256sum |
    cut -c1-64)
got=$(sed -n '/^update.pub/,$p' "$work/one" | sed 1d | cut -c1-23 | tr -d ' \n')
[ "$want" = "$got" ] && st=0 || st=1
claim $st "the fingerprint is the SHA-256 of the public key"
# RFC-less but well known: 127.0.0.1 is lusab-babad.
/usr/bin/python3 - "$keys/fingerprints" <<-'END' && st=0 || st=1
	import importlib.machinery, importlib.util, sys
	sys.dont_write_bytecode = True
	loader = importlib.machinery.SourceFileLoader("fp", sys.argv[1])
	fp = importlib.util.module_from_spec(
	    importlib.util.spec_from_loader("fp", loader))
	loader.exec_module(fp)
	assert fp.word(0x7f00) == "lusab" and fp.word(0x0001) == "babad"
END
claim $st "words are proquints"

# --- a signature
{ printf GUICUPD1; head -c 4088 /dev/zero; printf images; } >"$work/unsigned"
holds "a container is signed" "$keys/sign-update" \
    --key "$work/update/update.key" --public "$vendor/update.pub" \
    --passin "file:$work/pass" "$work/unsigned" "$work/signed"
head -c 3840 "$work/signed" >"$work/signed.part"
tail -c +3841 "$work/signed" | head -c "$(($(tail -c +3842 "$work/signed" |
    head -c 1 | od -An -tu1) + 2))" >"$work/signature"
holds "openssl dgst verifies its first 3840 bytes" openssl dgst -sha256 \
    -verify "$vendor/update.pub" -signature "$work/signature" \
    "$work/signed.part"
id=$(openssl pkey -pubin -in "$vendor/update.pub" -outform DER | tail -c 65 |
    sha256sum | cut -c1-16)
[ "$(tail -c +3833 "$work/signed" | head -c 8 | od -An -tx1 | tr -d ' \n')" = \
    "$id" ] && st=0 || st=1
claim $st "the key id is that of the point"
[ "$(tail -c +4097 "$work/signed")" = images ] && st=0 || st=1
claim $st "the images are as they were"
head -c 4096 "$work/unsigned" >"$work/header"
holds "the header alone is enough" "$keys/sign-update" \
    --key "$work/update/update.key" --public "$vendor/update.pub" \
    --passin "file:$work/pass" "$work/header" "$work/header.signed"
refused "another's public key is noticed" "failed" "$keys/sign-update" \
    --key "$work/update/update.key" --public "$dev/update.pub" \
    --passin "file:$work/pass" "$work/unsigned" "$work/x"
[ ! -e "$work/x" ] && st=0 || st=1
claim $st "and nothing is written then"
refused "what is no container is not signed" "not the container" \
    "$keys/sign-update" --key "$dev/update.key" --public "$dev/update.pub" \
    "$work/pass" "$work/x"
git ls-files | grep -E '\.(key|p12|pfx)$' >"$work/log" && st=1 || st=0
claim $st "no key is committed"

echo "1..$count"
exit $failed
