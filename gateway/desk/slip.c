#include "desk/slip.h"

#include <qrencode.h>
#include <stdio.h>

#include "base/wipe.h"
#include "desk/format.h"

enum {
	QUIET_MODULES = 2,	/* a terminal's own margin does the rest */
	DAY_S = 86400
};

static enum status
append_with_check(struct buf *out, const struct symbols *s)
{
	char check = symbols_check(s);

	TRY(buf_append(out, s->text, s->len));
	return buf_append(out, &check, 1);
}

/* See slip.h. */
enum status
slip_url(const char *page, const struct card_issued *card, struct buf *url)
{
	TRY(buf_append_text(url, page));
	TRY(buf_append_text(url, "/#1."));
	TRY(append_with_check(url, &card->number));
	TRY(buf_append_text(url, "."));
	return append_with_check(url, &card->code);
}

static bool
is_dark(const QRcode *qr, int x, int y)
{
	if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
		return false;
	return (qr->data[y * qr->width + x] & 1) != 0;
}

/* Two rows of modules a line: a dark terminal shows them inverted, so light
 * modules are what is printed and dark ones are blanks. */
static void
print_row_pair(struct session *s, const QRcode *qr, int y)
{
	static const char *const blocks[2][2] = {
		{ "\u2588", "\u2580" }, { "\u2584", " " },
	};

	session_write(s, span_of("   "));
	for (int x = -QUIET_MODULES; x < qr->width + QUIET_MODULES; x++)
		session_write(s, span_of(
		    blocks[is_dark(qr, x, y)][is_dark(qr, x, y + 1)]));
	session_write(s, span_of("\n"));
}

static void
print_square(struct session *s, struct span url)
{
	QRcode *qr = QRcode_encodeData((int)url.len, url.ptr, 0, QR_ECLEVEL_M);

	if (qr == NULL)
		return;		/* the address stands in words as well */
	for (int y = -QUIET_MODULES; y < qr->width + QUIET_MODULES; y += 2)
		print_row_pair(s, qr, y);
	wipe(qr->data, (size_t)qr->width * (size_t)qr->width);
	QRcode_free(qr);
}

static void
print_symbols(struct session *s, enum text_id id, const struct symbols *what)
{
	char text[SYMBOLS_PRINTED_MAX + 1];
	struct buf printed = buf_over(text, SYMBOLS_PRINTED_MAX);

	if (symbols_print(what, &printed) == ST_OK) {
		text[printed.len] = '\0';
		session_print(s, 1, id, text);
	}
	wipe(text, sizeof(text));
}

/* The QR of a page's address with card and code behind it. */
static void
print_qr(struct session *s, const char *page, const struct card_issued *card)
{
	uint8_t storage[SLIP_URL_MAX];
	struct buf url = buf_over(storage, sizeof(storage));

	session_write(s, span_of("\n"));
	if (slip_url(page, card, &url) == ST_OK)
		print_square(s, buf_span(&url));
	session_write(s, span_of("\n"));
	wipe(storage, sizeof(storage));
}

/* What a patient at home needs: only where it was chosen. */
static void
print_home(struct session *s, const struct card_issued *card)
{
	const struct config *config = &s->role->config;
	char days[FORMAT_MAX];

	if (config->window_s < DAY_S)
		format_span(s->lang, config->window_s, days);
	else
		snprintf(days, sizeof(days), text_in(s->lang, TEXT_SLIP_DAYS),
		    (unsigned long long)(config->window_s / DAY_S));
	session_print(s, 1, TEXT_SLIP_HOME_TITLE, config->viewer_url);
	print_qr(s, config->viewer_url, card);
	session_print(s, 1, TEXT_SLIP_HOME_CODE, days);
	session_print(s, 1, TEXT_SLIP_DAY_CODE);
	session_write(s, span_of("\n"));
}

/* How the patient is told, and how not. */
static void
print_notices(struct session *s)
{
	const struct config *config = &s->role->config;
	bool has_phone = s->options.phone[0] != '\0';
	bool has_mail = s->options.mail[0] != '\0';

	if (has_phone && !s->options.internet)
		session_print(s, 1, TEXT_SLIP_TOLD_SMS);
	if (has_mail)
		session_print(s, 1, TEXT_SLIP_TOLD_MAIL);
	if (has_phone && config->sms_from[0] != '\0')
		session_print(s, 1, TEXT_SLIP_SENDER, config->sms_from);
	if (has_mail && config->mail_from[0] != '\0')
		session_print(s, 1, TEXT_SLIP_SENDER, config->mail_from);
	if (has_phone || has_mail)
		session_print(s, 1, TEXT_SLIP_SUSPICIOUS);
}

/* See slip.h. */
void
slip_print(struct session *s, const struct card_issued *card, uint64_t expires_s)
{
	const struct config *config = &s->role->config;
	char day[FORMAT_MAX];

	session_print(s, 1, s->options.lab ? TEXT_SLIP_LAB_TITLE
	    : TEXT_SLIP_TITLE, config->lab_name);
	session_write(s, span_of("\n"));
	session_print(s, 1, TEXT_SLIP_STEP_SCAN, config->pickup_origin);
	print_qr(s, config->pickup_origin, card);
	session_print(s, 1, TEXT_SLIP_STEP_TYPE);
	print_symbols(s, TEXT_SLIP_CARD, &card->number);
	print_symbols(s, TEXT_SLIP_CODE, &card->code);
	session_write(s, span_of("\n"));
	if (s->options.internet)
		print_home(s, card);
	format_day(s->lang, expires_s, day);
	session_print(s, 1, TEXT_SLIP_KEEP, day);
	if (config->lab_phone[0] != '\0')
		session_print(s, 1, TEXT_SLIP_LOST, config->lab_phone);
	print_notices(s);
	session_print(s, 1, TEXT_SLIP_FRAUD);
	session_print(s, 1, TEXT_SLIP_PAPER);
}

static void
json_symbols(struct json_writer *w, const char *key, const struct symbols *what)
{
	uint8_t text[SYMBOLS_PRINTED_MAX];
	struct buf printed = buf_over(text, sizeof(text));

	if (symbols_print(what, &printed) == ST_OK)
		json_span(w, key, buf_span(&printed));
	wipe(text, sizeof(text));
}

/* A member whose value opens the card: wiped here. */
static void
json_url(struct json_writer *w, const char *key, const char *page,
    const struct card_issued *card)
{
	uint8_t storage[SLIP_URL_MAX];
	struct buf url = buf_over(storage, sizeof(storage));

	if (slip_url(page, card, &url) == ST_OK)
		json_span(w, key, buf_span(&url));
	wipe(storage, sizeof(storage));
}

/* See slip.h. */
void
slip_print_json(struct session *s, const struct card_issued *card,
    uint64_t expires_s)
{
	const struct config *config = &s->role->config;
	uint8_t text[4 * SLIP_URL_MAX];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_symbols(&w, "card", &card->number);
	json_symbols(&w, "code", &card->code);
	json_url(&w, "url", config->pickup_origin, card);
	json_uint(&w, "expires", expires_s);
	if (s->options.internet) {
		json_object_begin(&w, "internet");
		json_text(&w, "url", config->viewer_url);
		json_url(&w, "qr_url", config->viewer_url, card);
		json_object_end(&w);
	} else {
		json_nothing(&w, "internet");
	}
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
	wipe(text, sizeof(text));
}
