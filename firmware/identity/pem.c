#include "identity/pem.h"

#include "base/base64.h"

enum { LINE_BYTES = 48 };	/* 64 symbols */

static enum status
put_boundary(const char *what, const char *label, struct buf *out)
{
	TRY(buf_append_text(out, what));
	TRY(buf_append_text(out, label));
	return buf_append_text(out, "-----\n");
}

/* See pem.h. */
enum status
pem_write(const char *label, struct span der, struct buf *out)
{
	TRY(put_boundary("-----BEGIN ", label, out));
	while (der.len > 0) {
		TRY(base64_encode(span_slice(der, 0, LINE_BYTES), out));
		TRY(buf_append_text(out, "\n"));
		der = span_slice(der, LINE_BYTES, der.len);
	}
	return put_boundary("-----END ", label, out);
}
