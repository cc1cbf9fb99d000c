#include "update/container.h"

/* docs/formats/update.md has the same table for people. */
enum {
	AT_MAGIC = 0, MAGIC_BYTES = 8,
	AT_RELEASE = 8,
	AT_FLOOR = 16,
	AT_BOARD = 24,
	AT_VERSION = 56,
	AT_IMAGES = 88, IMAGE_BYTES = 40,
	AT_RESERVED = AT_IMAGES + CONTAINER_IMAGES * IMAGE_BYTES,
	AT_KEY_ID = CONTAINER_SIGNED_BYTES - CONTAINER_KEY_ID_BYTES,
	AT_SIGNATURE = CONTAINER_SIGNED_BYTES,
	DER_SEQUENCE = 0x30, DER_HEAD = 2, SIGNATURE_MIN = 8
};

_Static_assert(AT_RESERVED == 168, "as the document says");

static const uint8_t magic[MAGIC_BYTES] = "GUICUPD1";

/* No card of ours is larger; sums of two never overflow. */
static const uint64_t image_max = UINT64_C(1) << 48;

static bool
is_zero(struct span s)
{
	uint8_t any = 0;

	for (size_t i = 0; i < s.len; i++)
		any |= s.ptr[i];
	return any == 0;
}

static bool
is_container(struct span header)
{
	return header.len == CONTAINER_HEADER_BYTES &&
	    memcmp(header.ptr + AT_MAGIC, magic, sizeof(magic)) == 0;
}

/* See container.h. */
enum status
container_signature(struct span header, struct span *key_id,
    struct span *signature)
{
	const uint8_t *der;
	size_t len;

	if (!is_container(header))
		return ST_NOT_FOUND;
	der = header.ptr + AT_SIGNATURE;
	len = (size_t)DER_HEAD + der[1];
	if (der[0] != DER_SEQUENCE || len < SIGNATURE_MIN ||
	    len > CONTAINER_SIGNATURE_MAX)
		return ST_FORGED;
	if (!is_zero(span_slice(header, AT_SIGNATURE + len, header.len)))
		return ST_FORGED;
	*key_id = span_slice(header, AT_KEY_ID, CONTAINER_KEY_ID_BYTES);
	*signature = span_slice(header, AT_SIGNATURE, len);
	return ST_OK;
}

static uint64_t
get_u64(const uint8_t *at)
{
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(value); i++)
		value = value << 8 | at[i];
	return value;
}

static bool
is_among(uint8_t byte, const char *others, bool upper)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	    (upper && byte >= 'A' && byte <= 'Z') ||
	    (byte != 0 && strchr(others, byte) != NULL);
}

/* A text, then zero bytes to the end of its field. */
static enum status
get_text(const uint8_t *at, const char *others, bool upper,
    char out[static CONTAINER_TEXT_MAX])
{
	size_t len = 0;

	while (len < CONTAINER_TEXT_MAX && is_among(at[len], others, upper))
		len++;
	if (len == 0 || len == CONTAINER_TEXT_MAX || !is_zero((struct span){
	    at + len, CONTAINER_TEXT_MAX - len }))
		return ST_MALFORMED;
	memcpy(out, at, CONTAINER_TEXT_MAX);
	return ST_OK;
}

static enum status
get_image(const uint8_t *at, struct container_image *out)
{
	out->bytes = get_u64(at);
	memcpy(out->sha256, at + sizeof(uint64_t), sizeof(out->sha256));
	return out->bytes >= CONTAINER_IMAGE_MIN && out->bytes <= image_max
	    ? ST_OK : ST_MALFORMED;
}

/* See container.h. */
enum status
container_parse(struct span header, struct container *out)
{
	const uint8_t *at = header.ptr;
	struct container c;

	if (!is_container(header))
		return ST_NOT_FOUND;
	c.release = get_u64(at + AT_RELEASE);
	c.floor = get_u64(at + AT_FLOOR);
	if (c.release == 0 || c.floor > c.release)
		return ST_MALFORMED;
	TRY(get_text(at + AT_BOARD, "-", false, c.board));
	TRY(get_text(at + AT_VERSION, ".+~-", true, c.version));
	for (size_t i = 0; i < CONTAINER_IMAGES; i++)
		TRY(get_image(at + AT_IMAGES + i * IMAGE_BYTES, &c.image[i]));
	if (!is_zero(span_slice(header, AT_RESERVED, AT_KEY_ID - AT_RESERVED)))
		return ST_MALFORMED;
	*out = c;
	return ST_OK;
}

/* See container.h. */
uint64_t
container_bytes(const struct container *c)
{
	return CONTAINER_HEADER_BYTES + c->image[CONTAINER_BOOT].bytes +
	    c->image[CONTAINER_ROOT].bytes;
}
