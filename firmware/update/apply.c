#include "update/apply.h"

#include "base/log.h"

enum { SECTOR = 512 };	/* what a card writes whole or not at all */

/* See apply.h. */
void
apply_begin(struct apply *a, const struct trust *trust,
    const struct medium *medium, uint64_t announced)
{
	memset(a, 0, sizeof(*a));
	a->trust = trust;
	a->medium = medium;
	a->announced = announced;
}

static unsigned
target_of(const struct apply *a)
{
	return 1 - a->trust->slot;
}

static enum refusal
medium_says(enum status st)
{
	return st == ST_OK ? REFUSAL_NONE : REFUSAL_MEDIUM;
}

/* --- the header -------------------------------------------------------------- */

static enum refusal
judge(struct apply *a)
{
	enum refusal why = trust_judge(a->trust, (struct span){ a->header,
	    sizeof(a->header) }, &a->container);
	uint64_t whole;

	if (why != REFUSAL_NONE)
		return why;
	whole = container_bytes(&a->container);
	if (a->announced != 0 && a->announced < whole)
		return REFUSAL_TRUNCATED;
	return a->announced > whole ? REFUSAL_TOO_LONG : REFUSAL_NONE;
}

/*
 * What runs must have been found healthy: until then the other slot is what
 * the box would fall back to.
 */
static enum refusal
close_slot(struct apply *a)
{
	struct control control;
	enum refusal why = medium_load_control(a->medium, &control);

	if (why != REFUSAL_NONE)
		return why;
	if (control.slot[a->trust->slot].tries < CONTROL_TRIES_FULL)
		return REFUSAL_NOT_HEALTHY;
	a->has_begun = true;
	control_close(&control, target_of(a));
	return medium_store_control(a->medium, &control);
}

/* Bytes of the boot image that are held back, durable. */
static enum refusal
put_first(struct apply *a, size_t from, size_t to)
{
	int boot = a->medium->image[CONTAINER_BOOT];
	struct span part = { a->first + from, to - from };

	if (medium_write(boot, part, from) != ST_OK)
		return REFUSAL_MEDIUM;
	return medium_says(medium_sync(boot));
}

/*
 * `first` is zero still.  Its sector with the magic goes first and comes last
 * (show_image()), by itself: more than a sector may be torn.
 */
static enum refusal
hide_image(struct apply *a)
{
	enum refusal why = put_first(a, 0, SECTOR);

	return why != REFUSAL_NONE ? why
	    : put_first(a, SECTOR, sizeof(a->first));
}

static enum refusal
begin_images(struct apply *a)
{
	enum refusal why = judge(a);

	if (why == REFUSAL_NONE)
		why = close_slot(a);
	if (why != REFUSAL_NONE)
		return why;
	a->phase = APPLY_IMAGES;
	a->done = 0;
	sha256_start(&a->hash);
	return hide_image(a);
}

static enum refusal
take_header(struct apply *a, struct span *bytes)
{
	struct span part = span_slice(*bytes, 0, sizeof(a->header) -
	    (size_t)a->done);

	memcpy(a->header + a->done, part.ptr, part.len);
	a->done += part.len;
	*bytes = span_slice(*bytes, part.len, bytes->len);
	return a->done < sizeof(a->header) ? REFUSAL_NONE : begin_images(a);
}

/* --- the images -------------------------------------------------------------- */

/* What of `part` stands in the held-back bytes goes there. */
static struct span
hold_back(struct apply *a, struct span part)
{
	size_t room = 0;

	if (a->image == CONTAINER_BOOT && a->done < sizeof(a->first))
		room = sizeof(a->first) - (size_t)a->done;
	if (room > part.len)
		room = part.len;
	if (room > 0)
		memcpy(a->first + a->done, part.ptr, room);
	return span_slice(part, room, part.len);
}

static enum refusal
write_part(struct apply *a, struct span part)
{
	int fd = a->medium->image[a->image];
	struct span rest = hold_back(a, part);

	if (medium_write(fd, rest, a->done + (part.len - rest.len)) != ST_OK)
		return REFUSAL_MEDIUM;
	a->unsynced += rest.len;
	if (a->unsynced < APPLY_SYNC_BYTES)
		return REFUSAL_NONE;
	a->unsynced = 0;
	return medium_says(medium_sync(fd));
}

/* True if what was hashed is the image in work; the next one begins. */
static bool
close_hash(struct apply *a)
{
	uint8_t hash[32];
	bool good;

	sha256_finish(&a->hash, hash);
	good = memcmp(hash, a->container.image[a->image].sha256,
	    sizeof(hash)) == 0;
	sha256_start(&a->hash);
	a->image++;
	a->done = 0;
	return good;
}

static enum refusal
end_image(struct apply *a)
{
	int fd = a->medium->image[a->image];

	a->unsynced = 0;
	if (medium_sync(fd) != ST_OK)
		return REFUSAL_MEDIUM;
	if (!close_hash(a))
		return REFUSAL_IMAGE_HASH;
	if (a->image == CONTAINER_IMAGES) {
		a->image = CONTAINER_BOOT;
		a->phase = APPLY_CHECK;
	}
	return REFUSAL_NONE;
}

static enum refusal
take_image(struct apply *a, struct span *bytes)
{
	uint64_t left = a->container.image[a->image].bytes - a->done;
	struct span part = span_slice(*bytes, 0,
	    left < bytes->len ? (size_t)left : bytes->len);
	enum refusal why;

	sha256_add(&a->hash, part);
	why = write_part(a, part);
	if (why != REFUSAL_NONE)
		return why;
	a->done += part.len;
	*bytes = span_slice(*bytes, part.len, bytes->len);
	return part.len < left ? REFUSAL_NONE : end_image(a);
}

static enum refusal
take_some(struct apply *a, struct span *bytes)
{
	if (a->phase == APPLY_HEADER)
		return take_header(a, bytes);
	if (a->phase == APPLY_IMAGES)
		return take_image(a, bytes);
	return REFUSAL_TOO_LONG;
}

static enum refusal
over_unless_good(struct apply *a, enum refusal why)
{
	if (why != REFUSAL_NONE)
		a->phase = APPLY_OVER;
	return why;
}

/* See apply.h. */
enum refusal
apply_take(struct apply *a, struct span bytes)
{
	enum refusal why = REFUSAL_NONE;

	while (why == REFUSAL_NONE && bytes.len > 0)
		why = take_some(a, &bytes);
	return over_unless_good(a, why);
}

/* See apply.h. */
enum refusal
apply_end(struct apply *a)
{
	return over_unless_good(a, a->phase == APPLY_CHECK ? REFUSAL_NONE
	    : REFUSAL_TRUNCATED);
}

/* --- reading back ------------------------------------------------------------ */

/* The card does not hold it: nobody shall take it for an image. */
static enum refusal
hide_again(struct apply *a)
{
	memset(a->first, 0, sizeof(a->first));
	(void)hide_image(a);	/* it is refused in any case */
	return REFUSAL_READ_BACK;
}

/* The last thing that is written: from here on it is an image. */
static enum refusal
show_image(struct apply *a)
{
	enum refusal why = put_first(a, SECTOR, sizeof(a->first));

	if (why == REFUSAL_NONE)
		why = put_first(a, 0, SECTOR);
	if (why != REFUSAL_NONE)
		return why;
	if (medium_read(a->medium->image[CONTAINER_BOOT], a->piece,
	    sizeof(a->first), 0) != ST_OK)
		return REFUSAL_MEDIUM;
	if (memcmp(a->piece, a->first, sizeof(a->first)) != 0)
		return hide_again(a);
	a->phase = APPLY_WHOLE;
	return REFUSAL_NONE;
}

/* The held-back bytes are the first piece of boot: they are not there yet. */
static enum refusal
read_piece(struct apply *a, size_t len)
{
	if (a->image == CONTAINER_BOOT && a->done == 0)
		memcpy(a->piece, a->first, len);
	else if (medium_read(a->medium->image[a->image], a->piece, len,
	    a->done) != ST_OK)
		return REFUSAL_MEDIUM;
	sha256_add(&a->hash, (struct span){ a->piece, len });
	a->done += len;
	return REFUSAL_NONE;
}

static enum refusal
check_piece(struct apply *a)
{
	uint64_t bytes = a->container.image[a->image].bytes;
	uint64_t len = bytes - a->done;
	uint64_t most = a->image == CONTAINER_BOOT && a->done == 0
	    ? sizeof(a->first) : sizeof(a->piece);
	enum refusal why = read_piece(a, (size_t)(len < most ? len : most));

	if (why != REFUSAL_NONE || a->done < bytes)
		return why;
	if (!close_hash(a))
		return REFUSAL_READ_BACK;
	return a->image == CONTAINER_IMAGES ? show_image(a) : REFUSAL_NONE;
}

/* See apply.h. */
enum refusal
apply_check(struct apply *a)
{
	if (a->phase != APPLY_CHECK)
		unexpected("a read-back before the end", (int)a->phase);
	return over_unless_good(a, check_piece(a));
}

/* See apply.h. */
enum refusal
apply_arm(struct apply *a)
{
	struct control control;
	enum refusal why;

	if (a->phase != APPLY_WHOLE)
		unexpected("a slot armed before it is whole", (int)a->phase);
	a->phase = APPLY_OVER;
	why = medium_load_control(a->medium, &control);
	if (why != REFUSAL_NONE)
		return why;
	control_arm(&control, target_of(a));
	return medium_store_control(a->medium, &control);
}
