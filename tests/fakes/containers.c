#include "containers.h"

#include <bearssl.h>
#include <stdlib.h>

#include "crypto/digest.h"

/* Places as docs/formats/update.md has them, not as the parser. */
enum { RELEASE = 8, FLOOR = 16, BOARD = 24, VERSION = 56, BOOT = 88,
    ROOT = 128, KEY_ID = 3832, SIGNATURE = 3840 };

static struct secret_32 private_key;
static struct p256_public public_key;

/* See containers.h. */
const struct p256_public *
container_key(void)
{
	if (public_key.point[0] == 0)
		p256_generate(&private_key, &public_key);
	return &public_key;
}

/* See containers.h. */
struct trust
container_box(uint64_t boot_room, uint64_t root_room)
{
	struct trust t = { .board = "qemu-virt", .version = "1.0.0",
	    .release = 4, .floor = 2, .room = { boot_room, root_room } };

	if (trust_set_keys(&t, (struct span){ container_key()->point, 65 }) !=
	    ST_OK)
		abort();
	return t;
}

static void
put_u64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> (56 - 8 * i));
}

static void
put_image(uint8_t *at, struct span image)
{
	put_u64(at, image.len);
	sha256(image, at + 8);
}

/* See containers.h. */
void
container_write(uint8_t header[static CONTAINER_HEADER_BYTES],
    const struct made *made)
{
	memset(header, 0, CONTAINER_HEADER_BYTES);
	memcpy(header, "GUICUPD1", 8);
	put_u64(header + RELEASE, made->release);
	put_u64(header + FLOOR, made->floor);
	memcpy(header + BOARD, made->board, strlen(made->board));
	memcpy(header + VERSION, made->version, strlen(made->version));
	put_image(header + BOOT, made->boot);
	put_image(header + ROOT, made->root);
}

/* See containers.h. */
void
container_sign(uint8_t header[static CONTAINER_HEADER_BYTES])
{
	uint8_t hash[32], signature[80];
	size_t len;

	sha256((struct span){ container_key()->point, 65 }, hash);
	memcpy(header + KEY_ID, hash, 8);
	p256_sign(&private_key, (struct span){ header, SIGNATURE }, signature);
	len = br_ecdsa_raw_to_asn1(signature, 64);
	memset(header + SIGNATURE, 0, CONTAINER_HEADER_BYTES - SIGNATURE);
	memcpy(header + SIGNATURE, signature, len);
}

/* See containers.h. */
void
container_fill(uint8_t *image, size_t bytes, unsigned seed)
{
	static const uint8_t magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };

	for (size_t i = 0; i < bytes; i++)
		image[i] = (uint8_t)(rand_r(&seed) >> 3);
	memcpy(image, magic, sizeof(magic));
}
