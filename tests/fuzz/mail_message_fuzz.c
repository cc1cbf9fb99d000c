/* A laboratory of any name: its SMS fit into one part, its mails are clean
 * lines of ASCII that hide no other header. */
#include "wire/mail_message.h"

#include <stdlib.h>

#include "courier/texts.h"
#include "wire/gsm7.h"
#include "wire/smtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t text[TEXTS_MAIL_MAX], bytes[MAIL_MESSAGE_MAX],
    sent[MAIL_MESSAGE_MAX + 512];

static void
check_sms(const struct texts *t, uint64_t notice, const char *lang)
{
	struct buf out = buf_over(text, GSM7_MESSAGE_MAX);
	struct span code = span_of(notice == NOTICE_DAY_CODE ? "0123456789"
	    : "");

	if (texts_sms(t, notice, span_of(lang), code, &out) != ST_OK ||
	    !gsm7_is_plain(buf_span(&out)) ||
	    memchr(out.ptr, '\n', out.len) != NULL)
		abort();
}

static void
check_lines(const struct buf *out)
{
	unsigned column = 0;

	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->ptr[i];

		if (c == '\r' && i + 1 < out->len && out->ptr[i + 1] == '\n') {
			column = 0;
			i++;
		} else if (c < ' ' || c > '~' || ++column > 78 ||
		    (column == 1 && c == '.')) {
			abort();
		}
	}
	if (column != 0)
		abort();
}

static void
check_mail(const struct texts *t, struct span name, uint64_t notice)
{
	struct buf body = buf_over(text, sizeof(text));
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct buf data = buf_over(sent, sizeof(sent));
	struct mail_message m = { .from_name = name, .subject = name,
	    .from = span_of("avis@labo.example"),
	    .to = span_of("p@maison.example"),
	    .reference = span_of("AbCdEfGhIjKlMnOpQrStUv"),
	    .now_s = name.len * 86399 * 366 };
	struct span subject = { 0 };

	if (texts_mail(t, notice, span_of("fr"), &subject, &body) != ST_OK)
		abort();
	m.body = buf_span(&body);
	if (mail_message_write(&m, &out) != ST_OK)
		abort();
	check_lines(&out);
	if (smtp_data(buf_span(&out), &data) != ST_OK ||
	    data.len != out.len + 3)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	struct span phone = span_slice(in, 0, len < 16 ? len / 2 : 16);
	struct span name = span_slice(in, phone.len, 255);
	struct texts t;

	texts_init(&t, name, phone);
	for (uint64_t notice = 0; notice < NOTICE_COUNT; notice++) {
		check_sms(&t, notice, "fr");
		check_sms(&t, notice, "en");
		if (notice != NOTICE_DAY_CODE)
			check_mail(&t, name, notice);
	}
	return 0;
}
