#include "crypto/md5.h"

/* See md5.h. */
void
md5_start(struct md5 *h)
{
	br_md5_init(&h->context);
}

/* See md5.h. */
void
md5_add(struct md5 *h, struct span bytes)
{
	br_md5_update(&h->context, bytes.ptr, bytes.len);
}

/* See md5.h. */
void
md5_finish(struct md5 *h, uint8_t out[static 16])
{
	br_md5_out(&h->context, out);
}
