#!/bin/sh
# jose_debian.sh -- Debian's jose command opens what we make, and we what it
# makes.  Prints TAP.
set -u
here=$(dirname "$0")
tool=${GUICHET_OUT:-$here/../../build/x86_64}/tests/interop/jose_tool
typ=guichet-claim+jws
count=0 failed=0

if ! command -v jose >/dev/null; then
	echo 'ok 1 - jose # SKIP the jose command is not installed'
	echo 1..1
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# same <got> <expected> <claim>
same() {
	count=$((count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $count - $3"
	else
		failed=1
		echo "not ok $count - $3"
		echo "# got: $1"
	fi
}

# field <name>: a member of the JSON on standard input, text as it is.
field() {
	/usr/bin/python3 -c '
import json, sys
value = json.load(sys.stdin)[sys.argv[1]]
sys.stdout.write(value if isinstance(value, str) else json.dumps(value))' "$1"
}

vector() {
	field "$1" <"$here/vectors.json"
}

the_vectors() {
	vector sk_plain >"$work/card.jwk"
	vector box_key >"$work/box.jwk"
	vector envelope >"$work/envelope"
	vector claim >"$work/claim"
	vector data >"$work/data"
	printf '{"kty":"oct","k":"%s"}' "$(vector content_key)" \
	    >"$work/content.jwk"
	same "$(jose jwe dec -i "$work/envelope" -k "$work/card.jwk")" \
	    "$(vector envelope_plain)" 'vectors.json: envelope'
	same "$(jose jws ver -i "$work/claim" -k "$work/box.jwk" -O -)" \
	    "$(vector claim_payload)" 'vectors.json: claim'
	same "$(jose jwe dec -i "$work/data" -k "$work/content.jwk")." \
	    "$(vector payload)." 'vectors.json: data'
	same "$(jose jwk thp -i "$work/box.jwk")" "$(vector box_kid)" \
	    'vectors.json: thumbprint'
}

data() {
	jose jwk gen -i '{"kty":"oct","bytes":32}' -o "$work/key"
	key=$(field k <"$work/key")
	printf '{"a":1}' >"$work/plain"
	"$tool" seal-dir "$key" application/fhir+json <"$work/plain" \
	    >"$work/ours"
	same "$(jose jwe dec -i "$work/ours" -k "$work/key")" '{"a":1}' \
	    'it opens our data'
	jose jwe enc -i '{"protected":{"alg":"dir","enc":"A256GCM"}}' \
	    -I "$work/plain" -k "$work/key" -c -o "$work/theirs"
	same "$("$tool" open-dir "$key" <"$work/theirs")" '{"a":1}' \
	    'we open its data'
	jose jwe enc -i '{"protected":{"alg":"dir","enc":"A256GCM",
	    "zip":"DEF"}}' -I "$work/plain" -k "$work/key" -c -o "$work/zipped"
	same "$("$tool" open-dir "$key" <"$work/zipped" 2>&1)" \
	    'open-dir: well-formed, but not something we take' \
	    'but not compressed'
}

envelope() {
	"$tool" seal-ecdh "$point" box-1 'N|b' <"$work/plain" >"$work/ours"
	same "$(jose jwe dec -i "$work/ours" -k "$work/private")" '{"a":1}' \
	    'it opens our envelope'
	jose jwe enc -i '{"protected":{"alg":"ECDH-ES","enc":"A256GCM",
	    "apu":"Ym94LTE","apv":"Tnxi"}}' -I "$work/plain" \
	    -k "$work/public" -c -o "$work/theirs"
	same "$("$tool" open-ecdh "$d" box-1 'N|b' <"$work/theirs")" \
	    '{"a":1}' 'we open its envelope'
	same "$("$tool" open-ecdh "$d" box-1 'N|c' <"$work/theirs" 2>&1)" \
	    'open-ecdh: a tag, signature or hash does not match' \
	    'but not for other parties'
}

claims() {
	"$tool" sign "$d" "$typ" <"$work/plain" >"$work/ours"
	same "$(jose jws ver -i "$work/ours" -k "$work/public" -O -)" \
	    '{"a":1}' 'it verifies our claim'
	same "$(jose jwk thp -i "$work/public")" "$kid" \
	    'kid is the thumbprint'
	jose jws sig -I "$work/plain" -k "$work/private" -s \
	    "{\"protected\":{\"alg\":\"ES256\",\"typ\":\"$typ\",\"kid\":\"$kid\"}}" \
	    -c -o "$work/theirs"
	same "$("$tool" verify "$point" "$typ" <"$work/theirs")" '{"a":1}' \
	    'we verify its claim'
	same "$("$tool" verify "$point" JWT <"$work/theirs" 2>&1)" \
	    'verify: well-formed, but not something we take' \
	    'but not as a JWT'
}

"$tool" key >"$work/pair" || exit 1
field private <"$work/pair" >"$work/private"
field public <"$work/pair" >"$work/public"
point=$(field point <"$work/pair")
d=$(field d <"$work/pair")
kid=$(field kid <"$work/pair")
the_vectors
data
envelope
claims
echo "1..$count"
exit "$failed"
