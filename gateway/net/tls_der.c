#include "net/tls_der.h"

enum {
	TAG_BOOLEAN = 0x01, TAG_INTEGER = 0x02, TAG_OCTETS = 0x04,
	TAG_OID = 0x06, TAG_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0, TAG_EXTENSIONS = 0xa3,	/* TBSCertificate */
	TAG_IP = 0x87,					/* GeneralName */
	LENGTH_BYTES = 3		/* longer ones are no certificate's */
};

/* One element: all of it, and what is inside. */
struct element {
	uint8_t     tag;
	struct span whole, inside;
};

static bool
take_length(struct span *in, size_t *len)
{
	size_t n, v = 0;

	if (in->len == 0)
		return false;
	n = *in->ptr;
	*in = span_slice(*in, 1, in->len);
	if (n < 0x80) {
		*len = n;
		return true;
	}
	n &= 0x7f;
	if (n == 0 || n > LENGTH_BYTES || n > in->len)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | in->ptr[i];
	*in = span_slice(*in, n, in->len);
	*len = v;
	return true;
}

/* Takes the next element from the front; tags of one byte only. */
static bool
take(struct span *in, struct element *e)
{
	struct span at = *in;
	size_t len, before = in->len;

	if (at.len == 0 || (*at.ptr & 0x1f) == 0x1f)
		return false;
	e->tag = *at.ptr;
	at = span_slice(at, 1, at.len);
	if (!take_length(&at, &len) || len > at.len)
		return false;
	e->inside = span_slice(at, 0, len);
	e->whole = span_slice(*in, 0, before - at.len + len);
	*in = span_slice(at, len, at.len);
	return true;
}

static bool
take_tag(struct span *in, uint8_t tag, struct element *e)
{
	return take(in, e) && e->tag == tag;
}

/* What stands after the key: two unique ids that nobody uses, then this. */
static struct span
find_extensions(struct span rest)
{
	struct element e, list;

	while (take(&rest, &e))
		if (e.tag == TAG_EXTENSIONS &&
		    take_tag(&e.inside, TAG_SEQUENCE, &list))
			return list.inside;
	return (struct span){ 0 };
}

/* See tls_der.h. */
enum status
der_certificate(struct span der, struct der_certificate *out)
{
	struct element all, tbs, e, subject, key;

	if (!take_tag(&der, TAG_SEQUENCE, &all) ||
	    !take_tag(&all.inside, TAG_SEQUENCE, &tbs))
		return ST_MALFORMED;
	if (tbs.inside.len > 0 && *tbs.inside.ptr == TAG_VERSION &&
	    !take(&tbs.inside, &e))
		return ST_MALFORMED;
	if (!take_tag(&tbs.inside, TAG_INTEGER, &e) ||	/* serial number */
	    !take_tag(&tbs.inside, TAG_SEQUENCE, &e) ||	/* algorithm */
	    !take_tag(&tbs.inside, TAG_SEQUENCE, &e) ||	/* issuer */
	    !take_tag(&tbs.inside, TAG_SEQUENCE, &e) ||	/* validity */
	    !take_tag(&tbs.inside, TAG_SEQUENCE, &subject) ||
	    !take_tag(&tbs.inside, TAG_SEQUENCE, &key))
		return ST_MALFORMED;
	out->subject = subject.whole;
	out->spki = key.whole;
	out->extensions = find_extensions(tbs.inside);
	return ST_OK;
}

static bool
names_hold(struct span octets, struct span address)
{
	struct element list, name;

	if (!take_tag(&octets, TAG_SEQUENCE, &list))
		return false;
	while (take(&list.inside, &name))
		if (name.tag == TAG_IP && span_equal(name.inside, address))
			return true;
	return false;
}

/* See tls_der.h. */
bool
der_has_ip(const struct der_certificate *c, struct span address)
{
	static const uint8_t alternative_names[] = { 0x55, 0x1d, 0x11 };
	struct span rest = c->extensions;
	struct element extension, oid, value;

	while (take_tag(&rest, TAG_SEQUENCE, &extension)) {
		if (!take_tag(&extension.inside, TAG_OID, &oid) ||
		    !span_equal(oid.inside, (struct span){ alternative_names,
		    sizeof(alternative_names) }))
			continue;
		if (!take(&extension.inside, &value))
			return false;
		if (value.tag == TAG_BOOLEAN && !take(&extension.inside, &value))
			return false;
		return value.tag == TAG_OCTETS &&
		    names_hold(value.inside, address);
	}
	return false;
}
