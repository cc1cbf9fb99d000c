#include "update/apply.h"

#include <fcntl.h>
#include <stdio.h>

#include "card.h"
#include "containers.h"
#include "tap.h"

enum { ROOM = 300000, BOOT_BYTES = 100001, ROOT_BYTES = 200003,
    WHOLE = CONTAINER_HEADER_BYTES + BOOT_BYTES + ROOT_BYTES };

static uint8_t old_bytes[ROOM], found[ROOM];
/* Header, boot, root, and a byte more. */
static uint8_t container[WHOLE + 1];
static uint8_t *const boot = container + CONTAINER_HEADER_BYTES;
static uint8_t *const root = container + CONTAINER_HEADER_BYTES + BOOT_BYTES;
static const struct span old = { old_bytes, ROOM };
static struct trust box;
static struct apply apply;

static struct medium
fresh(void)
{
	return card_make(ROOM, ROOM, old);
}

static void
make_container(void)
{
	struct made made = { "qemu-virt", "1.1.0", 5, 1,
	    { boot, BOOT_BYTES }, { root, ROOT_BYTES } };

	container_fill(boot, BOOT_BYTES, 2);
	container_fill(root, ROOT_BYTES, 3);
	container_write(container, &made);
	container_sign(container);
}

static enum refusal
send(size_t bytes, size_t step)
{
	enum refusal why = REFUSAL_NONE;

	for (size_t at = 0; at < bytes && why == REFUSAL_NONE; at += step)
		why = apply_take(&apply, (struct span){ container + at,
		    bytes - at < step ? bytes - at : step });
	return why;
}

static enum refusal
check(void)
{
	enum refusal why = REFUSAL_NONE;

	while (why == REFUSAL_NONE && apply.phase == APPLY_CHECK)
		why = apply_check(&apply);
	return why;
}

static bool
holds(const struct medium *m, unsigned image, const uint8_t *bytes, size_t len)
{
	return medium_read(m->image[image], found, len, 0) == ST_OK &&
	    memcmp(found, bytes, len) == 0;
}

static bool
is_untouched(const struct medium *m)
{
	struct control c = card_control(m);

	return c.slot[0].priority == 15 && c.slot[0].tries == 7 &&
	    c.slot[1].priority == 14 && c.slot[1].tries == 7 &&
	    holds(m, 0, old_bytes, ROOM) && holds(m, 1, old_bytes, ROOM);
}

static bool
is_closed(const struct medium *m)
{
	static const uint8_t zero[MEDIUM_FIRST_BYTES];
	struct control c = card_control(m);

	return c.slot[0].priority == 15 && c.slot[0].tries == 7 &&
	    c.slot[1].priority == 0 && c.slot[1].tries == 0 &&
	    holds(m, 0, zero, sizeof(zero));
}

static void
test_pieces(void)
{
	static const size_t steps[] = { 1, 7, 4095, 4096, 4097, 32768, 99999,
	    WHOLE };

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct medium m = fresh();
		struct control c;
		bool good;

		apply_begin(&apply, &box, &m, WHOLE);
		good = send(WHOLE, steps[i]) == REFUSAL_NONE &&
		    apply_end(&apply) == REFUSAL_NONE && is_closed(&m) &&
		    check() == REFUSAL_NONE && apply.phase == APPLY_WHOLE &&
		    holds(&m, 0, boot, BOOT_BYTES) &&
		    holds(&m, 1, root, ROOT_BYTES);
		c = card_control(&m);
		good &= c.slot[1].tries == 0 &&
		    apply_arm(&apply) == REFUSAL_NONE;
		c = card_control(&m);
		ok(good && c.slot[1].priority == 15 && c.slot[1].tries == 3 &&
		    c.slot[0].priority == 14 && c.slot[0].tries == 7,
		    "in pieces of %zu", steps[i]);
		card_drop(&m);
	}
}

/* Ended at any length: nothing is changed, or the slot is closed. */
static void
test_truncated(void)
{
	bool good = true;

	for (size_t len = 0; len < WHOLE; len += len < 4100 ? 511 : 9973) {
		struct medium m = fresh();

		apply_begin(&apply, &box, &m, 0);
		good &= send(len, 32768) == REFUSAL_NONE &&
		    apply_end(&apply) == REFUSAL_TRUNCATED &&
		    apply.has_begun == (len >= 4096) &&
		    (len < 4096 ? is_untouched(&m) : is_closed(&m));
		card_drop(&m);
	}
	ok(good, "ended at any length");
}

static void
test_announced(void)
{
	struct medium m = fresh();

	apply_begin(&apply, &box, &m, WHOLE - 1);
	ok(send(WHOLE, 4096) == REFUSAL_TRUNCATED && is_untouched(&m),
	    "announced too short: nothing is changed");
	apply_begin(&apply, &box, &m, WHOLE + 1);
	ok(send(WHOLE, 4096) == REFUSAL_TOO_LONG && is_untouched(&m),
	    "announced too long");
	apply_begin(&apply, &box, &m, 0);
	ok(send(WHOLE + 1, 32768) == REFUSAL_TOO_LONG && is_closed(&m),
	    "a byte more than the images");
	ok(apply_take(&apply, span_of("x")) != REFUSAL_NONE &&
	    apply_end(&apply) != REFUSAL_NONE, "after a refusal nothing goes");
	card_drop(&m);
}

static void
test_damaged(void)
{
	static const size_t places[] = { 4096, 4096 + 4095, 4096 + 4096,
	    4096 + BOOT_BYTES - 1, 4096 + BOOT_BYTES, WHOLE - 1 };

	for (size_t i = 0; i < COUNT(places); i++) {
		struct medium m = fresh();

		container[places[i]] ^= 1;
		apply_begin(&apply, &box, &m, 0);
		ok(send(WHOLE, 5000) == REFUSAL_IMAGE_HASH && is_closed(&m),
		    "a wrong bit at %zu", places[i]);
		container[places[i]] ^= 1;
		card_drop(&m);
	}
}

static void
test_forged(void)
{
	struct medium m = fresh();

	container[100] ^= 1;
	apply_begin(&apply, &box, &m, 0);
	ok(send(WHOLE, 5000) == REFUSAL_SIGNATURE && is_untouched(&m),
	    "a wrong bit in the header: nothing is changed");
	container[100] ^= 1;
	card_drop(&m);
}

/* What the card holds is another thing than what was written. */
static void
test_lying_card(void)
{
	static const struct { unsigned image; uint64_t at; } places[] = {
		{ 0, 4096 }, { 0, BOOT_BYTES - 1 }, { 1, 0 },
		{ 1, ROOT_BYTES - 1 },
	};

	for (size_t i = 0; i < COUNT(places); i++) {
		struct medium m = fresh();
		int fd = m.image[places[i].image];
		uint8_t byte = 0;

		apply_begin(&apply, &box, &m, WHOLE);
		if (send(WHOLE, 32768) != REFUSAL_NONE ||
		    medium_read(fd, &byte, 1, places[i].at) != ST_OK)
			abort();
		byte ^= 0x80;
		if (medium_write(fd, (struct span){ &byte, 1 }, places[i].at)
		    != ST_OK)
			abort();
		ok(apply_end(&apply) == REFUSAL_NONE &&
		    check() == REFUSAL_READ_BACK && is_closed(&m),
		    "read back: byte %llu of image %u",
		    (unsigned long long)places[i].at, places[i].image);
		card_drop(&m);
	}
}

static void
test_not_yet_healthy(void)
{
	struct medium m = fresh();
	struct control c = card_control(&m);

	c.slot[0].tries = CONTROL_TRIES_FULL - 1;
	if (control_store(m.control, &c) != ST_OK)
		abort();
	apply_begin(&apply, &box, &m, 0);
	ok(send(WHOLE, 32768) == REFUSAL_NOT_HEALTHY && !apply.has_begun &&
	    holds(&m, 0, old_bytes, ROOM), "what runs is not healthy yet");
	card_drop(&m);
}

static int
read_only(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY);
}

static void
test_errors(void)
{
	for (unsigned image = 0; image < CONTAINER_IMAGES; image++) {
		struct medium m = fresh(), broken = m;

		broken.image[image] = read_only(m.image[image]);
		apply_begin(&apply, &box, &broken, 0);
		ok(send(WHOLE, 32768) == REFUSAL_MEDIUM &&
		    card_control(&m).slot[1].tries == 0,
		    "image %u cannot be written", image);
		close(broken.image[image]);
		card_drop(&m);
	}
}

static void
test_no_control(void)
{
	struct medium m = fresh(), broken = m;

	broken.control = read_only(m.control);
	apply_begin(&apply, &box, &broken, 0);
	ok(send(WHOLE, 32768) == REFUSAL_MEDIUM && is_untouched(&m),
	    "the boot-control block cannot be written");
	close(broken.control);
	card_drop(&m);
}

int
main(void)
{
	container_fill(old_bytes, sizeof(old_bytes), 1);
	box = container_box(ROOM, ROOM);
	make_container();
	test_pieces();
	test_truncated();
	test_announced();
	test_damaged();
	test_forged();
	test_lying_card();
	test_not_yet_healthy();
	test_errors();
	test_no_control();
	return done_testing();
}
