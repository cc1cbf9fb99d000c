#include "update/trust.h"

#include "containers.h"
#include "tap.h"

static uint8_t image[8192], header[CONTAINER_HEADER_BYTES];

static struct made
good(void)
{
	struct span all = { image, sizeof(image) };

	return (struct made){ "qemu-virt", "1.1.0", 5, 3, all, all };
}

static enum refusal
judge(const struct made *made, struct container *out)
{
	struct trust t = container_box(sizeof(image), sizeof(image));

	container_write(header, made);
	container_sign(header);
	return trust_judge(&t, (struct span){ header, sizeof(header) }, out);
}

static void
test_good(void)
{
	struct made made = good();
	struct container c;

	ok(judge(&made, &c) == REFUSAL_NONE && c.release == 5,
	    "a good one, as large as the partitions");
	made.release = UINT64_MAX;
	made.floor = UINT64_MAX;
	ok(judge(&made, &c) == REFUSAL_NONE, "the last release there can be");
}

static void
test_fields(void)
{
	struct container c = { 0 };
	struct made made = good();

	made.board = "qemu-vir";
	ok(judge(&made, &c) == REFUSAL_BOARD && c.release == 5,
	    "another board; what it says is known");
	made = good();
	made.release = 4;
	ok(judge(&made, &c) == REFUSAL_NOT_NEWER, "the running release");
	made.release = 3;
	ok(judge(&made, &c) == REFUSAL_NOT_NEWER, "an older one");
	made.release = made.floor = 1;
	ok(judge(&made, &c) == REFUSAL_BELOW_FLOOR, "one below the floor");
	made = good();
	made.release = 2;
	ok(judge(&made, &c) == REFUSAL_HEADER, "a floor above its release");
}

static void
test_room(void)
{
	struct trust t = container_box(sizeof(image) - 1, sizeof(image));
	struct made made = good();
	struct span h = { header, sizeof(header) };
	struct container c;

	container_write(header, &made);
	container_sign(header);
	ok(trust_judge(&t, h, &c) == REFUSAL_TOO_LARGE, "boot has no room");
	t = container_box(sizeof(image), 0);
	ok(trust_judge(&t, h, &c) == REFUSAL_TOO_LARGE,
	    "root has no partition");
}

/* No bit of the header is believed before the signature was checked. */
static void
test_every_bit(void)
{
	struct trust t = container_box(sizeof(image), sizeof(image));
	struct span h = { header, sizeof(header) };
	struct made made = good();
	struct container c = { 0 };
	bool refused = true, untouched = true;

	container_write(header, &made);
	container_sign(header);
	/* Most of it is reserved: there every 16th byte will do. */
	for (size_t at = 0; at < sizeof(header);
	    at += at < 200 || at >= 3800 ? 1 : 16) {
		enum refusal why, wanted = at < 8 ? REFUSAL_NOT_CONTAINER
		    : at >= 3832 && at < 3840 ? REFUSAL_KEY
		    : REFUSAL_SIGNATURE;

		header[at] ^= 0x20;
		why = trust_judge(&t, h, &c);
		refused &= why == wanted;
		untouched &= c.release == 0;
		header[at] ^= 0x20;
	}
	ok(refused, "a wrong bit in any byte is told as what it is");
	ok(untouched, "and nothing of the header gets out");
	ok(trust_judge(&t, span_slice(h, 0, 4095), &c) ==
	    REFUSAL_NOT_CONTAINER, "a header cut by a byte");
}

static void
test_keys(void)
{
	struct trust t = container_box(sizeof(image), sizeof(image));
	struct secret_32 d;
	struct p256_public other;
	uint8_t points[5 * 65];
	struct span all = { points, sizeof(points) };
	struct made made = good();
	struct container c;

	p256_generate(&d, &other);
	for (size_t i = 0; i < 5; i++)
		memcpy(points + i * 65, i == 3 ? container_key()->point
		    : other.point, 65);
	ok(trust_set_keys(&t, span_slice(all, 0, 0)) == ST_INVALID &&
	    trust_set_keys(&t, all) == ST_INVALID &&
	    trust_set_keys(&t, span_slice(all, 0, 64)) == ST_INVALID &&
	    trust_set_keys(&t, span_slice(all, 0, 66)) == ST_INVALID,
	    "none, five, a part of one");
	container_write(header, &made);
	container_sign(header);
	ok(trust_set_keys(&t, span_slice(all, 0, 4 * 65)) == ST_OK &&
	    trust_judge(&t, (struct span){ header, sizeof(header) }, &c) ==
	    REFUSAL_NONE, "the fourth of four");
	ok(trust_set_keys(&t, span_slice(all, 0, 65)) == ST_OK &&
	    trust_judge(&t, (struct span){ header, sizeof(header) }, &c) ==
	    REFUSAL_KEY, "a key that the box does not know");
	points[64] ^= 1;
	ok(trust_set_keys(&t, span_slice(all, 0, 65)) == ST_INVALID,
	    "a point off the curve");
}

int
main(void)
{
	container_fill(image, sizeof(image), 1);
	test_good();
	test_fields();
	test_room();
	test_every_bit();
	test_keys();
	return done_testing();
}
