#include "pickup/wishes.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>

#include "base/wipe.h"
#include "crypto/digest.h"

/* jansson copies every string; one of them is the passcode. */
static void
wipe_and_free(void *p)
{
	if (p != NULL)
		wipe(p, malloc_usable_size(p));
	free(p);
}

/* See wishes.h. */
void
wishes_prepare(void)
{
	json_set_alloc_funcs(malloc, wipe_and_free);
}

/* Text of a string member, without NULs inside (jansson refuses those). */
static bool
take_text(const json_t *object, const char *name, struct span *text)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return false;
	text->ptr = (const uint8_t *)json_string_value(value);
	text->len = json_string_length(value);
	return true;
}

/* A whole number from `least` to `most`; absent is `otherwise`. */
struct number_rule {
	uint64_t least, most, otherwise;
	bool     may_be_absent;
};

static bool
take_number(const json_t *object, const char *name,
    const struct number_rule *rule, uint64_t *number)
{
	const json_t *value = json_object_get(object, name);

	*number = rule->otherwise;
	if (value == NULL)
		return rule->may_be_absent;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*number = (uint64_t)json_integer_value(value);
	return *number >= rule->least && *number <= rule->most;
}

/* See wishes.h. */
void
passcode_hash(struct span passcode, uint8_t hash[static 32])
{
	static const char label[] = "guichet/1/passcode";	/* with its 0 */
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, (struct span){ (const uint8_t *)label, sizeof(label) });
	sha256_add(&h, passcode);
	sha256_finish(&h, hash);
	wipe(&h, sizeof(h));
}

/* `*has` false where the member is absent or null. */
static bool
take_passcode(const json_t *object, bool *has, uint8_t hash[32])
{
	const json_t *value = json_object_get(object, "passcode");
	struct span text;

	*has = value != NULL && !json_is_null(value);
	if (!*has)
		return true;
	if (!take_text(object, "passcode", &text) ||
	    text.len < 1 || text.len > PASSCODE_BYTES_MAX)
		return false;
	passcode_hash(text, hash);
	return true;
}

static bool
passcode_is_long_enough(const json_t *object)
{
	struct span text;

	return take_text(object, "passcode", &text) &&
	    text.len >= PASSCODE_BYTES_MIN;
}

static bool
is_base64url(struct span s)
{
	size_t i;
	uint8_t c;

	for (i = 0; i < s.len; i++) {
		c = s.ptr[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

static bool
take_kind(const json_t *object, char *kind)
{
	struct span text;

	if (!take_text(object, "kind", &text) ||
	    !(span_is(text, "U") || span_is(text, "P")))
		return false;
	*kind = (char)text.ptr[0];
	return true;
}

static bool
read_share(const json_t *object, struct share_wish *wish)
{
	static const struct number_rule ttl = {
		.least = SHARE_TTL_MIN_S, .most = SHARE_TTL_MAX_S,
	}, uses = { .most = SHARE_USES_MAX, .may_be_absent = true };
	struct span bundle;

	if (!take_text(object, "bid", &bundle) ||
	    bundle.len != sizeof(wish->bundle) || !is_base64url(bundle))
		return false;
	memcpy(wish->bundle, bundle.ptr, bundle.len);
	if (!take_kind(object, &wish->kind) ||
	    !take_passcode(object, &wish->has_passcode, wish->passcode_hash) ||
	    !take_number(object, "ttl_s", &ttl, &wish->ttl_s) ||
	    !take_number(object, "max_uses", &uses, &wish->max_uses))
		return false;
	if (wish->kind == 'U')
		return !wish->has_passcode;
	return wish->has_passcode && passcode_is_long_enough(object);
}

static bool
read_manifest(const json_t *object, struct manifest_wish *wish)
{
	static const struct number_rule embedded = {
		.most = UINT64_MAX, .may_be_absent = true,
	};
	struct span recipient;

	wish->has_embedded_max =
	    json_object_get(object, "embeddedLengthMax") != NULL;
	return take_text(object, "recipient", &recipient) &&
	    recipient.len >= 1 && recipient.len <= RECIPIENT_BYTES_MAX &&
	    take_passcode(object, &wish->has_passcode, wish->passcode_hash) &&
	    take_number(object, "embeddedLengthMax", &embedded,
	    &wish->embedded_max);
}

static json_t *
load(struct span text)
{
	/* Duplicate names: two readers would see two values. */
	return json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
}

/* See wishes.h. */
enum status
share_wish_read(struct span json, struct share_wish *wish)
{
	json_t *root = load(json);
	enum status st = ST_MALFORMED;

	*wish = (struct share_wish){ 0 };
	if (json_is_object(root))
		st = read_share(root, wish) ? ST_OK : ST_INVALID;
	json_decref(root);
	return st;
}

/* See wishes.h. */
enum status
manifest_wish_read(struct span json, struct manifest_wish *wish)
{
	json_t *root = load(json);
	enum status st = ST_MALFORMED;

	*wish = (struct manifest_wish){ 0 };
	if (json_is_object(root))
		st = read_manifest(root, wish) ? ST_OK : ST_INVALID;
	json_decref(root);
	return st;
}
