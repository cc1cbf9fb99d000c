#include "wire/http_answer.h"

#include <picohttpparser.h>

#include "wire/http_words.h"

enum { DAY_S = 86400, DATE_LEN = 29 };

/* What the head says besides the answer itself. */
struct head {
	struct http_answer *answer;
	bool has_length, has_encoding, is_chunked;
	bool close, keep_alive;
};

/* --- headers ----------------------------------------------------------------- */

static enum status
read_length(struct head *h, struct span value)
{
	if (h->has_length)
		return ST_MALFORMED;
	h->has_length = true;
	return http_length(value, &h->answer->content_length);
}

static enum status
read_encoding(struct head *h, struct span value)
{
	h->is_chunked = !h->has_encoding && http_same_word(value, "chunked");
	h->has_encoding = true;
	return ST_OK;
}

static enum status
read_connection(struct head *h, struct span value)
{
	http_connection(value, &h->close, &h->keep_alive);
	return ST_OK;
}

/* A header that may stand once, or several times where the first counts. */
static enum status
keep(struct span *kept, struct span value, bool is_list)
{
	/* An empty one counts too: its pointer is set. */
	if (kept->ptr != NULL)
		return is_list ? ST_OK : ST_MALFORMED;
	*kept = value;
	return ST_OK;
}

static enum status
read_header(struct head *h, struct span name, struct span value)
{
	struct http_answer *a = h->answer;
	const struct {
		const char *name;
		struct span *kept;
		bool is_list;
		enum status (*read)(struct head *, struct span);
	} known[] = {
		{ "content-length", NULL, false, read_length },
		{ "transfer-encoding", NULL, false, read_encoding },
		{ "connection", NULL, false, read_connection },
		{ "content-type", &a->content_type, false, NULL },
		{ "etag", &a->etag, false, NULL },
		{ "date", &a->date, true, NULL },
		{ "location", &a->location, false, NULL },
		{ "retry-after", &a->retry_after, true, NULL },
		{ "x-subject-token", &a->subject_token, false, NULL },
		{ "x-auth-token", &a->auth_token, false, NULL },
		{ "x-storage-url", &a->storage_url, false, NULL },
		{ "x-storage-token", &a->storage_token, false, NULL },
		{ "x-delete-at", &a->delete_at, false, NULL },
		{ "cache-control", &a->cache_control, true, NULL },
		{ "access-control-allow-origin", &a->allow_origin, false,
		    NULL },
		{ "access-control-expose-headers", &a->expose_headers, true,
		    NULL },
		{ "x-container-read", &a->container_read, false, NULL },
		{ "x-versions-location", &a->versions, true, NULL },
		{ "x-versions-enabled", &a->versions, true, NULL },
		{ "x-amz-checksum-sha256", &a->checksum_sha256, false, NULL },
		{ "x-amz-version-id", &a->version_id, false, NULL },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (!http_same_word(name, known[i].name))
			continue;
		return known[i].read != NULL ? known[i].read(h, value)
		    : keep(known[i].kept, value, known[i].is_list);
	}
	return ST_OK;
}

static struct span
bytes_of(const char *ptr, size_t len)
{
	return (struct span){ (const uint8_t *)ptr, len };
}

static enum status
read_headers(struct head *h, const struct phr_header *headers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span name = bytes_of(headers[i].name,
		    headers[i].name_len);

		/* A name of NULL is a folded line (RFC 9112 section 5.2). */
		if (name.ptr == NULL || !http_is_token(name))
			return ST_MALFORMED;
		TRY(read_header(h, name, http_trimmed(bytes_of(
		    headers[i].value, headers[i].value_len))));
	}
	return ST_OK;
}

/* --- the answer -------------------------------------------------------------- */

/* Where the body ends: RFC 9112 section 6.3, in its order. */
static enum http_answer_body
body_of(const struct head *h, bool is_head)
{
	unsigned status = h->answer->status;

	if (is_head || status < 200 || status == 204 || status == 304)
		return HTTP_BODY_NONE;
	if (h->has_encoding)
		return HTTP_BODY_CHUNKED;
	if (!h->has_length)
		return HTTP_BODY_TO_END;
	return h->answer->content_length > 0 ? HTTP_BODY_LENGTH
	    : HTTP_BODY_NONE;
}

static enum status
check_whole(struct head *h, bool is_head, int minor)
{
	struct http_answer *a = h->answer;

	if (a->status < 100 || a->status > 599)
		return ST_MALFORMED;
	if (h->has_encoding && (h->has_length || minor == 0))
		return ST_MALFORMED;	/* two lengths */
	if (h->has_encoding && !h->is_chunked)
		return ST_UNSUPPORTED;
	a->body = body_of(h, is_head);
	a->keep_alive = minor == 1 && !h->close &&
	    a->body != HTTP_BODY_TO_END;
	return ST_OK;
}

/* See http_answer.h. */
enum status
http_answer_parse(struct span in, bool is_head, struct http_answer *answer,
    size_t *head_bytes)
{
	struct phr_header headers[HTTP_ANSWER_HEADERS_MAX];
	size_t n = COUNT(headers), text_len, length = 0;
	struct http_answer a = { 0 };
	struct head h = { .answer = &a };
	int minor, status;
	const char *text;

	TRY(http_head_length(in, HTTP_ANSWER_HEAD_MAX,
	    HTTP_ANSWER_HEADERS_MAX, &length));
	if (phr_parse_response((const char *)in.ptr, length, &minor, &status,
	    &text, &text_len, headers, &n, 0) != (int)length ||
	    minor > 1 || minor < 0 || status < 0)
		return ST_MALFORMED;
	a.status = (unsigned)status;
	TRY(read_headers(&h, headers, n));
	TRY(check_whole(&h, is_head, minor));
	*answer = a;
	*head_bytes = length;
	return ST_OK;
}

/* --- dates ------------------------------------------------------------------- */

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, from
 * 1970 on. */
static uint64_t
days_of(uint64_t year, unsigned month, unsigned day)
{
	static const unsigned before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};
	uint64_t y = month > 2 ? year : year - 1;	/* leap days so far */
	uint64_t leaps = y / 4 - y / 100 + y / 400 - 477;

	return (year - 1970) * 365 + leaps + before[month - 1] + day - 1;
}

static unsigned
days_in(uint64_t year, unsigned month)
{
	static const uint8_t days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* The place of the three letters at `s` in `names`, from 1; 0: nowhere. */
static unsigned
place_of(const uint8_t *s, const char *names)
{
	for (unsigned i = 0; names[3 * i] != '\0'; i++)
		if (memcmp(s, names + (size_t)3 * i, 3) == 0)
			return i + 1;
	return 0;
}

/* `len` digits; more than any date has where one is none. */
static unsigned
digits(const uint8_t *s, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 99999;
		n = n * 10 + (unsigned)(s[i] - '0');
	}
	return n;
}

/* See http_answer.h. */
enum status
http_date(struct span text, uint64_t *at_s)
{
	/* What stands between the numbers of "Sun, 06 Nov 1994 08:49:37 GMT" */
	static const char shape[] = "___, __ ___ ____ __:__:__ GMT";
	unsigned day, month, year, hour, minute, second;
	const uint8_t *s = text.ptr;

	if (text.len != DATE_LEN)
		return ST_MALFORMED;
	for (size_t i = 0; i < DATE_LEN; i++)
		if (shape[i] != '_' && s[i] != (uint8_t)shape[i])
			return ST_MALFORMED;
	day = digits(s + 5, 2);
	month = place_of(s + 8, "JanFebMarAprMayJunJulAugSepOctNovDec");
	year = digits(s + 12, 4);
	hour = digits(s + 17, 2);
	minute = digits(s + 20, 2);
	second = digits(s + 23, 2);	/* 60: a leap second */
	if (place_of(s, "MonTueWedThuFriSatSun") == 0 || month == 0 ||
	    year < 1970 || year > 9999 || day == 0 ||
	    day > days_in(year, month) || hour > 23 || minute > 59 ||
	    second > 60)
		return ST_MALFORMED;
	*at_s = days_of(year, month, day) * DAY_S + hour * 3600 +
	    minute * 60 + second;
	return ST_OK;
}

/* See http_answer.h. */
uint64_t
http_retry_after(const struct http_answer *answer, uint64_t now_s)
{
	uint64_t at = 0, wait = 0;

	if (http_length(answer->retry_after, &wait) != ST_OK)
		wait = http_date(answer->retry_after, &at) == ST_OK &&
		    at > now_s ? at - now_s : 0;
	return wait < DAY_S ? wait : DAY_S;
}
