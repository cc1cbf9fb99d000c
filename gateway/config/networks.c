#include "config/networks.h"

#include <arpa/inet.h>

enum {
	NETWORKS_MAX = 16, TEXT_MAX = INET6_ADDRSTRLEN, MAPPED_BITS = 96,
	ALL_BITS = 128
};

/* The first `bits` of an address; IPv4 as IPv6 that maps it. */
struct network {
	uint8_t  address[16];
	unsigned bits;
};

static struct span
trim(struct span s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* The next piece of a list separated by commas; false after the last. */
static bool
next(struct span *rest, struct span *one)
{
	const uint8_t *comma;
	size_t len;

	if (rest->ptr == NULL)
		return false;
	comma = rest->len == 0 ? NULL : memchr(rest->ptr, ',', rest->len);
	len = comma == NULL ? rest->len : (size_t)(comma - rest->ptr);
	*one = trim(span_slice(*rest, 0, len));
	*rest = comma == NULL ? (struct span){ 0 }
	    : span_slice(*rest, len + 1, rest->len);
	if (comma != NULL && rest->ptr == NULL)
		rest->ptr = comma;	/* nothing after a comma: a piece */
	return true;
}

/* A number of at most three digits; ALL_BITS + 1 where it is none. */
static unsigned
read_bits(struct span s)
{
	unsigned v = 0;

	if (s.len == 0 || s.len > 3)
		return ALL_BITS + 1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return ALL_BITS + 1;
		v = v * 10 + (unsigned)(s.ptr[i] - '0');
	}
	return v;
}

static bool
has_bits_after(const struct network *n)
{
	for (unsigned bit = n->bits; bit < ALL_BITS; bit++)
		if (n->address[bit / 8] & 0x80U >> bit % 8)
			return true;
	return false;
}

/* Without a prefix length it is one address. */
static enum status
read_network(struct span s, struct network *n)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *slash = s.len == 0 ? NULL : memchr(s.ptr, '/', s.len);
	size_t len = slash == NULL ? s.len : (size_t)(slash - s.ptr);
	char text[TEXT_MAX] = { 0 };
	unsigned offset = 0;

	if (len == 0 || len >= sizeof(text))
		return ST_INVALID;
	memcpy(text, s.ptr, len);
	if (inet_pton(AF_INET, text, n->address + sizeof(mapped)) == 1) {
		memcpy(n->address, mapped, sizeof(mapped));
		offset = MAPPED_BITS;
	} else if (inet_pton(AF_INET6, text, n->address) != 1) {
		return ST_INVALID;
	}
	n->bits = slash == NULL ? ALL_BITS
	    : offset + read_bits(span_slice(s, len + 1, s.len));
	return n->bits > ALL_BITS || has_bits_after(n) ? ST_INVALID : ST_OK;
}

/* See networks.h. */
enum status
networks_check(struct span text)
{
	struct network n;
	struct span one;
	size_t count = 0;

	if (span_is(text, "any"))
		return ST_OK;
	while (next(&text, &one)) {
		TRY(read_network(one, &n));
		count++;
	}
	return count > 0 && count <= NETWORKS_MAX ? ST_OK : ST_INVALID;
}

static bool
has(const struct network *n, const uint8_t *address)
{
	unsigned whole = n->bits / 8, left = n->bits % 8;
	unsigned differ;

	if (memcmp(n->address, address, whole) != 0)
		return false;
	if (left == 0)
		return true;
	differ = (unsigned)(n->address[whole] ^ address[whole]);
	return differ >> (8 - left) == 0;
}

/* See networks.h. */
bool
networks_have(struct span text, const uint8_t address[static 16])
{
	struct network n;
	struct span one;

	if (span_is(text, "any"))
		return true;
	while (next(&text, &one))
		if (read_network(one, &n) == ST_OK && has(&n, address))
			return true;
	return false;
}
