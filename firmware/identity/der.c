#include "identity/der.h"

/* See der.h. */
struct der
der_over(void *storage, size_t size)
{
	return (struct der){ .start = storage, .size = size, .at = size };
}

/* See der.h. */
size_t
der_mark(const struct der *d)
{
	return d->size - d->at;
}

/* See der.h. */
void
der_put(struct der *d, struct span bytes)
{
	d->is_full = d->is_full || bytes.len > d->at;
	if (d->is_full || bytes.len == 0)
		return;
	d->at -= bytes.len;
	memcpy(d->start + d->at, bytes.ptr, bytes.len);
}

static void
put_byte(struct der *d, uint8_t byte)
{
	der_put(d, (struct span){ &byte, 1 });
}

/* See der.h.  Lengths: X.690 section 8.1.3. */
void
der_wrap(struct der *d, uint8_t tag, size_t mark)
{
	size_t len = der_mark(d) - mark;
	uint8_t digits = 0;

	if (len < 0x80) {
		put_byte(d, (uint8_t)len);
	} else {
		for (; len > 0; len >>= 8, digits++)
			put_byte(d, (uint8_t)(len & 0xff));
		put_byte(d, (uint8_t)(0x80 | digits));
	}
	put_byte(d, tag);
}

/* See der.h. */
void
der_value(struct der *d, uint8_t tag, struct span bytes)
{
	size_t mark = der_mark(d);

	der_put(d, bytes);
	der_wrap(d, tag, mark);
}

/* See der.h. */
void
der_bits(struct der *d, struct span bytes)
{
	size_t mark = der_mark(d);

	der_put(d, bytes);
	put_byte(d, 0);
	der_wrap(d, DER_BIT_STRING, mark);
}

/* See der.h. */
void
der_unsigned(struct der *d, struct span bytes)
{
	size_t mark = der_mark(d);

	while (bytes.len > 1 && bytes.ptr[0] == 0)
		bytes = span_slice(bytes, 1, bytes.len);
	der_put(d, bytes);
	if (bytes.len > 0 && (bytes.ptr[0] & 0x80) != 0)
		put_byte(d, 0);
	der_wrap(d, DER_INTEGER, mark);
}

/* See der.h. */
struct span
der_span(const struct der *d)
{
	if (d->is_full)
		return (struct span){ 0 };
	return (struct span){ d->start + d->at, d->size - d->at };
}
