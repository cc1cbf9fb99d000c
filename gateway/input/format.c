#include "input/format.h"

#include "base/wipe.h"
#include "wire/hprim.h"
#include "wire/hprim_medecin.h"
#include "wire/utf16.h"

enum { LOOKED_AT = 8192 };	/* bytes of a UTF-16 file that are looked at */

static bool
starts(struct span s, const char *with)
{
	return span_is(span_slice(s, 0, strlen(with)), with);
}

/* Without what may stand before the first segment: a byte order mark, MLLP's
 * <VT>, line ends, blanks. */
static struct span
without_lead(struct span s)
{
	if (starts(s, "\xef\xbb\xbf"))
		s = span_slice(s, 3, s.len);
	while (s.len > 0 && s.ptr[0] <= ' ')
		s = span_slice(s, 1, s.len);
	return s;
}

static bool
is_hl7(struct span s)
{
	return s.len > 3 && s.ptr[3] > ' ' && s.ptr[3] < 0x7f &&
	    (starts(s, "MSH") || starts(s, "FHS") || starts(s, "BHS"));
}

/* --- JSON ---------------------------------------------------------------- */

/* The string that starts at s.ptr[at], a quote; `at` moves behind it. */
static struct span
take_string(struct span s, size_t *at)
{
	size_t from = ++*at;

	while (*at < s.len && s.ptr[*at] != '"')
		*at += s.ptr[*at] == '\\' ? 2 : 1;
	if (*at > s.len)
		*at = s.len;
	return span_slice(s, from, (*at)++ - from);
}

/* Does the outermost object have this key?  A string at depth 1 that is no
 * key, but a value with the same text, is told by the colon. */
static bool
has_key(struct span s, const char *key)
{
	size_t at = 0, depth = 0;

	while (at < s.len) {
		uint8_t c = s.ptr[at];
		struct span string;

		if (c != '"') {
			depth += c == '{' || c == '[';
			if ((c == '}' || c == ']') && depth-- <= 1)
				return false;
			at++;
			continue;
		}
		string = take_string(s, &at);
		while (at < s.len && s.ptr[at] <= ' ')
			at++;
		if (depth == 1 && at < s.len && s.ptr[at] == ':' &&
		    span_is(string, key))
			return true;
	}
	return false;
}

/* --- the order of the questions ------------------------------------------ */

static enum source_format
detect(struct span file)
{
	struct span s = without_lead(file);

	if (is_hl7(s))
		return FORMAT_HL7;
	if (starts(s, "{"))
		return has_key(s, "resourceType") ? FORMAT_FHIR : FORMAT_SIDECAR;
	if (hprim_is(file))
		return FORMAT_HPRIM_SANTE;
	if (hprim_medecin_is(file))
		return FORMAT_HPRIM_MEDECIN;
	return hprim_may_be(file) ? FORMAT_HPRIM_SANTE : FORMAT_AUTO;
}

/* See format.h. */
enum source_format
format_detect(struct span file)
{
	uint8_t narrow[LOOKED_AT / 2 * 3 + 8];
	struct buf out = buf_over(narrow, sizeof(narrow));
	enum source_format format = FORMAT_AUTO;

	if (!utf16_is(file))
		return detect(file);
	if (utf16_to_utf8(span_slice(file, 0, LOOKED_AT), &out) == ST_OK)
		format = detect(buf_span(&out));
	wipe(narrow, sizeof(narrow));
	return format;
}
