/* Base64 and hex as they come; what is a PDF is looked through. */
#include "wire/ed.h"

#include <stdlib.h>

#include "wire/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum status
decode(struct span in, bool hex)
{
	uint8_t *bytes = malloc(ed_most(in.len) + 1);
	struct buf out = buf_over(bytes, ed_most(in.len));
	enum status st = hex ? ed_hex(in, '\\', &out)
	    : ed_base64(in, '\\', &out);

	if (st == ST_NO_SPACE)
		abort();	/* ed_most() is enough */
	if (st == ST_OK && !hex && pdf_is(buf_span(&out)) !=
	    ed_looks_like_pdf(in, '\\') && out.len >= 5)
		abort();	/* they must agree on what starts so */
	free(bytes);
	return st;
}

static void
decode_plain(struct span in)
{
	static const struct hl7_delimiters d = { '|', '^', '~', '\\', '&', 0 };
	uint8_t *bytes = malloc(in.len + 1);
	struct buf out = buf_over(bytes, in.len);

	if (ed_plain(in, &d, &out) != ST_OK)
		abort();	/* never longer than it was */
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };

	decode_plain(in);

	(void)!decode(in, false);
	(void)!decode(in, true);
	(void)pdf_is_suspicious(in);
	return 0;
}
