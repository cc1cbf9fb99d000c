#include "crypto/md5.h"

#include "tap.h"

/* RFC 1321 appendix A.5 */
static const struct {
	const char *text, *digest;
} vectors[] = {
	{ "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
};

static bool
is_digest(struct span text, size_t cut, const char *digest)
{
	struct md5 h;
	uint8_t out[16];
	char hex[33];

	md5_start(&h);
	md5_add(&h, span_slice(text, 0, cut));
	md5_add(&h, span_slice(text, cut, text.len));
	md5_finish(&h, out);
	for (size_t i = 0; i < sizeof(out); i++)
		snprintf(hex + 2 * i, 3, "%02x", out[i]);
	return strcmp(hex, digest) == 0;
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct span text = span_of(vectors[i].text);
		bool good = true;

		for (size_t cut = 0; cut <= text.len; cut++)
			good = good && is_digest(text, cut, vectors[i].digest);
		ok(good, "MD5 of \"%s\", at every cut", vectors[i].text);
	}
	return done_testing();
}
