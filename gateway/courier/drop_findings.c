#include "courier/drop_findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "courier/dialect_text.h"
#include "courier/s3_answer.h"

enum { SKEW_NOTED_S = 60, INDEX_DAY_S = 86400 };

/* --- noting --------------------------------------------------------------------- */

/* Worse stays; the first words stay with it. */
static unsigned
badness(enum drop_grade grade)
{
	static const unsigned rank[] = {
		[GRADE_GOOD] = 0, [GRADE_FIXED] = 0, [GRADE_UNKNOWN] = 1,
		[GRADE_WARNING] = 2, [GRADE_BAD] = 3,
	};

	return rank[grade];
}

__attribute__((format(printf, 4, 5)))
static void
note(struct drop_look *look, enum drop_finding i, enum drop_grade grade,
    const char *format, ...)
{
	struct drop_seen *f = &look->finding[i];
	va_list args;

	if (f->is_judged && badness(f->grade) >= badness(grade))
		return;
	f->is_judged = true;
	f->grade = grade;
	va_start(args, format);
	vsnprintf(f->detail, sizeof(f->detail), format, args);
	va_end(args);
}

static void
good(struct drop_look *look, enum drop_finding i)
{
	note(look, i, GRADE_GOOD, "%s", "");
}

/* What the store said, short: "HTTP 403 AccessDenied: Access Denied". */
struct said {
	char text[128];
};

static struct said
said(const struct store_answer *a)
{
	struct said s;
	struct buf out = buf_over(s.text, sizeof(s.text) - 1);
	char status[16];

	if (a->http == NULL) {
		snprintf(s.text, sizeof(s.text), "%s",
		    a->error == NULL ? "no answer" : a->error);
		return s;
	}
	snprintf(status, sizeof(status), "HTTP %u ", a->http->status);
	(void)!buf_append_text(&out, status);
	s3_error(a->body, &out);
	if (out.ptr[out.len - 1] == ' ')
		out.len--;
	out.ptr[out.len] = '\0';
	return s;
}

static bool
is_good(const struct store_answer *a)
{
	return a->http != NULL && a->http->status / 100 == 2;
}

static unsigned
status_of(const struct store_answer *a)
{
	return a->http == NULL ? 0 : a->http->status;
}

static bool
is_s3(const struct drop_look *look)
{
	return look->config->drop_kind == DROP_S3;
}

static bool
contains(struct span where, const char *what)
{
	return where.len > 0 && memmem(where.ptr, where.len, what,
	    strlen(what)) != NULL;
}

/* --- as its owner ----------------------------------------------------------------- */

static void
judge_clock(struct drop_look *look, const struct store_answer *a)
{
	uint64_t at_s;
	int64_t skew;

	if (http_date(a->http->date, &at_s) != ST_OK) {
		note(look, FINDING_SKEW, GRADE_UNKNOWN, "it says no date");
		return;
	}
	skew = (int64_t)at_s - (int64_t)look->now_s;
	if (skew >= -SKEW_NOTED_S && skew <= SKEW_NOTED_S)
		good(look, FINDING_SKEW);
	else
		note(look, FINDING_SKEW, GRADE_WARNING,
		    "the store's clock is %lld s %s the box's",
		    (long long)(skew < 0 ? -skew : skew),
		    skew < 0 ? "behind" : "ahead of");
}

/* S3 says which; Swift's 401 comes marked as a stranger's. */
static bool
is_about_credential(const struct store_answer *a)
{
	static const char *const codes[] = { "InvalidAccessKeyId",
		"SignatureDoesNotMatch", "AuthorizationHeaderMalformed",
		"RequestTimeTooSkewed", "InvalidToken", "AuthFailure" };
	struct said s = said(a);

	if (a->is_stranger)
		return true;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (strstr(s.text, codes[i]) != NULL)
			return true;
	return false;
}

/* A container's HEAD in Swift has no body, a listing in S3 its own. */
static bool
is_a_store(const struct drop_look *look, const struct store_answer *a)
{
	return is_s3(look) ? contains(a->body, "<ListBucketResult") :
	    a->http->status == 204;
}

/* See drop_findings.h. */
void
judge_container(struct drop_look *look, const struct store_answer *a)
{
	bool is_reached = a->http != NULL || a->is_stranger;

	if (!is_reached || status_of(a) >= 500) {
		note(look, FINDING_REACH, GRADE_BAD, "%s", said(a).text);
		return;
	}
	if (is_good(a) && !is_a_store(look, a)) {
		note(look, FINDING_REACH, GRADE_BAD, "something else answers "
		    "in the store's place (a captive portal?)");
		return;
	}
	good(look, FINDING_REACH);
	if (a->http != NULL)
		judge_clock(look, a);
	if (is_about_credential(a)) {
		note(look, FINDING_CREDENTIAL, GRADE_BAD, "%s", said(a).text);
		return;
	}
	good(look, FINDING_CREDENTIAL);
	if (!is_good(a)) {
		note(look, FINDING_CONTAINER, GRADE_BAD, "%s", said(a).text);
		return;
	}
	good(look, FINDING_CONTAINER);
	if (is_s3(look))
		return;
	if (a->http->versions.len > 0 && !span_is(a->http->versions, "false")
	    && !span_is(a->http->versions, "False"))
		note(look, FINDING_VERSIONING, GRADE_BAD, "the container keeps "
		    "old versions; X-Versions-Enabled, X-Versions-Location");
	else
		good(look, FINDING_VERSIONING);
}

/* See drop_findings.h. */
void
judge_put(struct drop_look *look, const struct store_answer *a)
{
	look->is_written = is_good(a);
	if (!look->is_written)
		note(look, FINDING_WRITE, GRADE_BAD, "%s", said(a).text);
}

static void
judge_delete_at(struct drop_look *look, const struct store_answer *a)
{
	uint8_t digits[DECIMAL_MAX];
	struct buf expected = buf_over(digits, sizeof(digits));

	if (text_decimal(&expected, look->delete_at_s) == ST_OK &&
	    span_equal(a->http->delete_at, buf_span(&expected)))
		good(look, FINDING_EXPIRY);
	else
		note(look, FINDING_EXPIRY, GRADE_BAD, "the store does not keep "
		    "X-Delete-At: if the box dies, everything stays");
}

/* See drop_findings.h. */
void
judge_head(struct drop_look *look, const struct store_answer *a)
{
	if (!is_good(a))
		note(look, FINDING_WRITE, GRADE_BAD, "written, then: %s",
		    said(a).text);
	else if (a->http->content_length != sizeof(look->body))
		note(look, FINDING_WRITE, GRADE_BAD, "%u bytes were written, "
		    "%llu are there", (unsigned)sizeof(look->body),
		    (unsigned long long)a->http->content_length);
	else
		good(look, FINDING_WRITE);
	if (is_good(a) && !is_s3(look))
		judge_delete_at(look, a);
}

/* See drop_findings.h. */
void
judge_versioning(struct drop_look *look, const struct store_answer *a)
{
	enum s3_versioning v;

	if (!is_good(a))
		note(look, FINDING_VERSIONING, GRADE_UNKNOWN,
		    "%s; it must be off: see the store's console",
		    said(a).text);
	else if (s3_versioning(a->body, &v) != ST_OK)
		note(look, FINDING_VERSIONING, GRADE_UNKNOWN,
		    "the answer is not what S3 says");
	else if (v == S3_ENABLED)
		note(look, FINDING_VERSIONING, GRADE_BAD, "versioning is on: "
		    "what is deleted stays; take a bucket that never had it");
	else if (v == S3_SUSPENDED)
		note(look, FINDING_VERSIONING, GRADE_WARNING, "versioning is "
		    "suspended: versions from before may still be there");
	else
		good(look, FINDING_VERSIONING);
}

static void
judge_rules(struct drop_look *look, uint64_t objects, uint64_t indexes)
{
	uint64_t card = (look->config->card_life_s + INDEX_DAY_S - 1) /
	    INDEX_DAY_S;

	if (indexes > 0 && indexes < card)
		note(look, FINDING_EXPIRY, GRADE_BAD, "a lifecycle rule deletes "
		    "i/ after %llu days, cards live %llu (card.life)",
		    (unsigned long long)indexes, (unsigned long long)card);
	else if (objects == 0)
		note(look, FINDING_EXPIRY, GRADE_BAD, "no lifecycle rule "
		    "deletes d/: if the box dies, everything stays");
	else if (objects < LIFECYCLE_OBJECT_DAYS)
		note(look, FINDING_EXPIRY, GRADE_BAD, "a lifecycle rule deletes "
		    "d/ after %llu days, bundles may live %u",
		    (unsigned long long)objects, LIFECYCLE_OBJECT_DAYS);
	else if (objects > LIFECYCLE_OBJECT_DAYS)
		note(look, FINDING_EXPIRY, GRADE_WARNING, "the lifecycle rule "
		    "deletes d/ after %llu days; %u are enough",
		    (unsigned long long)objects, LIFECYCLE_OBJECT_DAYS);
	else if (indexes == 0)
		note(look, FINDING_EXPIRY, GRADE_WARNING, "no lifecycle rule "
		    "deletes i/: if the box dies, indexes stay");
	else
		good(look, FINDING_EXPIRY);
}

/* See drop_findings.h. */
void
judge_lifecycle(struct drop_look *look, const struct store_answer *a)
{
	uint64_t objects, indexes;

	if (status_of(a) == 404)
		judge_rules(look, 0, 0);
	else if (status_of(a) == 501 || status_of(a) == 405)
		note(look, FINDING_EXPIRY, GRADE_WARNING, "%s; without "
		    "lifecycle rules only the box deletes: if it dies, "
		    "everything stays", said(a).text);
	else if (!is_good(a))
		note(look, FINDING_EXPIRY, GRADE_UNKNOWN, "%s", said(a).text);
	else if (contains(a->body, "<ListBucketResult"))
		note(look, FINDING_EXPIRY, GRADE_WARNING, "the store has no "
		    "lifecycle rules (it answers with a listing): if the box "
		    "dies, everything stays");
	else if (s3_lifecycle(a->body, "d/", &objects) != ST_OK ||
	    s3_lifecycle(a->body, "i/", &indexes) != ST_OK)
		note(look, FINDING_EXPIRY, GRADE_UNKNOWN,
		    "the answer is not what S3 says");
	else
		judge_rules(look, objects, indexes);
}

/* See drop_findings.h. */
void
judge_delete(struct drop_look *look, const struct store_answer *a)
{
	if (!is_good(a) && status_of(a) != 404)
		note(look, FINDING_DELETE, GRADE_BAD, "an object of this check "
		    "stays there: %s", said(a).text);
}

/* See drop_findings.h. */
void
judge_gone(struct drop_look *look, const struct store_answer *a)
{
	if (status_of(a) == 404)
		good(look, FINDING_DELETE);
	else
		note(look, FINDING_DELETE, GRADE_BAD, "deleted, then: %s",
		    said(a).text);
}

/* --- as anybody ------------------------------------------------------------------- */

static bool
has_cors(const struct store_answer *a)
{
	return span_is(a->http->allow_origin, "*") ||
	    span_is(a->http->allow_origin, PUBLIC_ORIGIN);
}

static void
judge_type(struct drop_look *look, const struct store_answer *a)
{
	if (!span_is(a->http->content_type, "application/jose"))
		note(look, FINDING_TYPE, GRADE_WARNING, "the store changes "
		    "Content-Type: application/jose was written");
	if (!contains(a->http->cache_control, "no-store"))
		note(look, FINDING_TYPE, GRADE_WARNING, "the store does not "
		    "pass Cache-Control: no-store on; what is deleted may "
		    "stay in caches");
	good(look, FINDING_TYPE);
}

/* See drop_findings.h. */
void
judge_read(struct drop_look *look, const struct store_answer *a)
{
	if (!is_good(a)) {
		look->is_unreachable = a->http == NULL;
		note(look, FINDING_READ, GRADE_BAD, "%s", said(a).text);
	} else if (!span_equal(a->body, (struct span){ look->body,
	    sizeof(look->body) })) {
		note(look, FINDING_READ, GRADE_BAD, "something else is at "
		    "drop.public_url than was written to drop.bucket");
	} else {
		good(look, FINDING_READ);
		judge_type(look, a);
	}
	if (a->http == NULL)
		return;
	if (has_cors(a))
		good(look, FINDING_CORS);
	else if (is_good(a))
		note(look, FINDING_CORS, GRADE_BAD, "no "
		    "Access-Control-Allow-Origin: *; no browser lets the "
		    "viewer read");
}

/* S3 answers 403 to those who may not list: it must not tell what is not
 * there.  See drop_findings.h. */
void
judge_absent(struct drop_look *look, const struct store_answer *a)
{
	if (a->http == NULL)
		return;
	if (is_good(a))
		note(look, FINDING_READ, GRADE_BAD, "something answers at "
		    "drop.public_url for a name that was never written");
	else if (!has_cors(a))
		note(look, FINDING_CORS, GRADE_WARNING, "not for errors (%s): "
		    "the viewer cannot tell \"not there\" from \"no network\"",
		    said(a).text);
}

/* See drop_findings.h. */
void
judge_list(struct drop_look *look, const struct store_answer *a)
{
	if (a->http == NULL)
		note(look, FINDING_LISTING, GRADE_UNKNOWN, "%s", said(a).text);
	else if (is_good(a))
		note(look, FINDING_LISTING, GRADE_BAD, "everybody may list what "
		    "is there (%s)", said(a).text);
	else
		good(look, FINDING_LISTING);
}

/* See drop_findings.h. */
void
judge_foreign_put(struct drop_look *look, const struct store_answer *a)
{
	look->is_foreign_put = is_good(a);
	if (look->is_foreign_put)
		note(look, FINDING_FOREIGN_WRITE, GRADE_BAD,
		    "everybody may write (%s)", said(a).text);
	else if (a->http == NULL)
		note(look, FINDING_FOREIGN_WRITE, GRADE_UNKNOWN, "%s",
		    said(a).text);
	else
		good(look, FINDING_FOREIGN_WRITE);
}

/* S3 answers 204 to whom it deletes nothing for, too: the next step looks
 * whether it is gone.  See drop_findings.h. */
void
judge_foreign_delete(struct drop_look *look, const struct store_answer *a)
{
	if (is_good(a))
		note(look, FINDING_FOREIGN_WRITE, GRADE_BAD,
		    "everybody may delete (%s)", said(a).text);
}

/* See drop_findings.h. */
void
judge_unreadable(struct drop_look *look, const struct store_answer *a)
{
	if (is_good(a))
		note(look, FINDING_DELETE, GRADE_WARNING, "deleted, but "
		    "drop.public_url still answers: something caches");
}

/* --- setting, and the end ---------------------------------------------------------- */

/* See drop_findings.h. */
void
drop_note_setting(struct drop_look *look, enum drop_finding finding,
    const struct store_answer *a)
{
	struct drop_seen *f = &look->finding[finding];

	if (is_good(a))
		f->set_error[0] = '\0';
	else
		snprintf(f->set_error, sizeof(f->set_error), "%s",
		    said(a).text);
}

/* See drop_findings.h. */
void
drop_look_again(struct drop_look *look)
{
	for (unsigned i = 0; i < FINDING_COUNT; i++) {
		struct drop_seen *f = &look->finding[i];

		f->was_bad = f->was_bad || (f->is_judged &&
		    badness(f->grade) >= badness(GRADE_WARNING));
		f->is_judged = false;
		f->grade = GRADE_UNKNOWN;
		f->detail[0] = '\0';
	}
	look->is_put = look->is_written = false;
	look->is_foreign_put = look->is_unreachable = false;
	look->lost = 0;
}

static void
conclude_one(struct drop_seen *f)
{
	size_t len = strlen(f->detail);

	if (!f->is_judged) {
		f->grade = GRADE_UNKNOWN;
		snprintf(f->detail, sizeof(f->detail), "not looked at");
	} else if (f->grade == GRADE_GOOD && f->was_bad) {
		f->grade = GRADE_FIXED;
	} else if (f->grade != GRADE_GOOD && f->set_error[0] != '\0') {
		snprintf(f->detail + len, sizeof(f->detail) - len,
		    "; could not be set: %s", f->set_error);
	}
}

/* See drop_findings.h. */
void
drop_conclude(struct drop_look *look)
{
	for (unsigned i = 0; i < FINDING_COUNT; i++)
		conclude_one(&look->finding[i]);
}
