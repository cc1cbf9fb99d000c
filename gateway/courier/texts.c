#include "courier/texts.h"

#include "base/luhn32.h"
#include "courier/texts.def"
#include "wire/gsm7.h"

enum lang { LANG_EN, LANG_FR, LANG_COUNT };
enum { DAY_CODE_LEN = 10, DAY_CODE_PRINTED = 13, GROUP = 4, CODE_MARK_LEN = 6,
	PHONE_DIGITS_MIN = 3, NAME_FOLDED_MAX = 512 };

static const char colon[] = ": ", tel[] = " Tel ", code_mark[] = "{code}";

static const struct row {
	bool has_phone;
	const char *sms[LANG_COUNT], *mail[LANG_COUNT];
} rows[NOTICE_COUNT] = {
#define TEXT(notice, phone, sms_en, sms_fr, mail_en, mail_fr)           \
	[NOTICE_##notice] = { phone, { sms_en, sms_fr }, { mail_en, mail_fr } },
	NOTICE_TEXTS(TEXT)
#undef TEXT
};

static const struct around {
	const char *subject, *greeting, *phone;
} around[LANG_COUNT] = {
	[LANG_EN] = { MAIL_SUBJECT_EN, MAIL_GREETING_EN, MAIL_PHONE_EN },
	[LANG_FR] = { MAIL_SUBJECT_FR, MAIL_GREETING_FR, MAIL_PHONE_FR },
};

static enum lang
lang_of(struct span lang)
{
	return span_is(span_slice(lang, 0, 2), "en") ? LANG_EN : LANG_FR;
}

/* --- the laboratory --------------------------------------------------------- */

/* Takes one separator between digits off `text`: a blank (no-break ones too),
 * a full stop, a hyphen, "(0)". */
static bool
skip_separator(struct span *text)
{
	static const char *const separators[] = { " ", ".", "-", "(0)",
	    "\xc2\xa0", "\xe2\x80\xaf" };

	for (size_t i = 0; i < COUNT(separators); i++) {
		size_t len = strlen(separators[i]);

		if (!span_is(span_slice(*text, 0, len), separators[i]))
			continue;
		*text = span_slice(*text, len, text->len);
		return true;
	}
	return false;
}

/* "+33 (0)1 23 45 67 89 (8h-18h)" -> "+33123456789" */
static void
read_phone(struct texts *t, struct span text)
{
	t->sms_phone_len = 0;
	if (text.len > 0 && text.ptr[0] == '+') {
		t->sms_phone[t->sms_phone_len++] = '+';
		text = span_slice(text, 1, text.len);
	}
	while (text.len > 0) {
		if (skip_separator(&text))
			continue;
		if (text.ptr[0] < '0' || text.ptr[0] > '9')
			break;
		if (t->sms_phone_len == sizeof(t->sms_phone)) {
			t->sms_phone_len = 0;	/* two numbers in a row? */
			return;
		}
		t->sms_phone[t->sms_phone_len++] = (char)text.ptr[0];
		text = span_slice(text, 1, text.len);
	}
	if (t->sms_phone_len < PHONE_DIGITS_MIN)
		t->sms_phone_len = 0;
}

/* Bytes of a notice besides the name. */
static size_t
fixed_bytes(const struct texts *t, const struct row *row, enum lang lang)
{
	size_t len = strlen(row->sms[lang]) + sizeof(colon) - 1;

	if (strstr(row->sms[lang], code_mark) != NULL)
		len += DAY_CODE_PRINTED - CODE_MARK_LEN;
	if (row->has_phone && t->sms_phone_len > 0)
		len += sizeof(tel) - 1 + t->sms_phone_len;
	return len;
}

/* What the longest text leaves to the name. */
static size_t
room_for_name(const struct texts *t)
{
	size_t longest = 0;

	for (size_t i = 0; i < NOTICE_COUNT; i++)
		for (enum lang l = LANG_EN; l < LANG_COUNT; l++)
			if (fixed_bytes(t, &rows[i], l) > longest)
				longest = fixed_bytes(t, &rows[i], l);
	longest = longest < GSM7_MESSAGE_MAX ? GSM7_MESSAGE_MAX - longest : 0;
	return longest < TEXTS_NAME_MAX ? longest : TEXTS_NAME_MAX;
}

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* Makes the word at the start of `name` its short form, in place. */
static struct span
shortened(uint8_t *name, size_t len)
{
	static const struct { const char *word; size_t keep; } words[] = {
		{ "LABORATOIRES", 4 }, { "LABORATOIRE", 4 },
		{ "LABORATORIES", 3 }, { "LABORATORY", 3 },
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i].word), same = 0;

		while (same < n && same < len &&
		    upper(name[same]) == (uint8_t)words[i].word[same])
			same++;
		if (same < n || (n < len && name[n] != ' '))
			continue;
		memmove(name + words[i].keep, name + n, len - n);
		len -= n - words[i].keep;
		break;
	}
	return (struct span){ name, len };
}

/* "Labo du Centre" cut to "Labo du" is "Labo": without articles at its end. */
static struct span
without_articles(struct span name)
{
	size_t len = name.len;

	while (len > 0 && name.ptr[len - 1] != ' ' &&
	    name.ptr[len - 1] >= 'a')
		len--;
	if (len < 2 || name.ptr[len - 1] != ' ' || name.len - len > 3)
		return name;
	return span_slice(name, 0, len - 1);
}

/* See texts.h. */
void
texts_init(struct texts *t, struct span lab_name, struct span lab_phone)
{
	uint8_t folded[NAME_FOLDED_MAX] = { 0 };
	struct buf out = buf_over(folded, sizeof(folded));
	struct span name;
	size_t room;

	*t = (struct texts){ .lab_name = lab_name, .lab_phone = lab_phone };
	read_phone(t, lab_phone);
	room = room_for_name(t);
	/* A name has at most 255 bytes, and no letter becomes longer. */
	if (gsm7_name(lab_name, &out) != ST_OK || out.len == 0)
		out.len = 0;
	name = buf_span(&out);
	if (name.len > room)
		name = shortened(folded, out.len);
	if (name.len > room)
		name = without_articles(gsm7_cut(name, room));
	if (name.len == 0)
		name = span_of("Labo");
	memcpy(t->sms_name, name.ptr, name.len);
	t->sms_name_len = name.len;
}

/* --- an SMS ----------------------------------------------------------------- */

static bool
is_day_code(struct span code)
{
	for (size_t i = 0; i < code.len; i++)
		if (code.ptr[i] == 0 ||
		    strchr(LUHN32_ALPHABET, code.ptr[i]) == NULL)
			return false;
	return code.len == DAY_CODE_LEN;
}

/* 4-4-3, the last of them the check symbol. */
static enum status
put_day_code(struct span code, struct buf *out)
{
	char check = luhn32_check(code);

	TRY(buf_append(out, code.ptr, GROUP));
	TRY(buf_append_text(out, "-"));
	TRY(buf_append(out, code.ptr + GROUP, GROUP));
	TRY(buf_append_text(out, "-"));
	TRY(buf_append_span(out, span_slice(code, 2 * GROUP, code.len)));
	return buf_append(out, &check, 1);
}

static enum status
put_words(const char *words, struct span day_code, struct buf *out)
{
	const char *mark = strstr(words, code_mark);

	if (mark == NULL)
		return buf_append_text(out, words);
	TRY(buf_append(out, words, (size_t)(mark - words)));
	TRY(put_day_code(day_code, out));
	return buf_append_text(out, mark + CODE_MARK_LEN);
}

/* See texts.h. */
enum status
texts_sms(const struct texts *t, uint64_t notice, struct span lang,
    struct span day_code, struct buf *out)
{
	const struct row *row;

	if (notice >= NOTICE_COUNT)
		return ST_INVALID;
	if (notice == NOTICE_DAY_CODE ? !is_day_code(day_code)
	    : day_code.len > 0)
		return ST_INVALID;
	row = &rows[notice];
	TRY(buf_append(out, t->sms_name, t->sms_name_len));
	TRY(buf_append_text(out, colon));
	TRY(put_words(row->sms[lang_of(lang)], day_code, out));
	if (!row->has_phone || t->sms_phone_len == 0)
		return ST_OK;
	TRY(buf_append_text(out, tel));
	return buf_append(out, t->sms_phone, t->sms_phone_len);
}

/* --- a mail ----------------------------------------------------------------- */

/* See texts.h. */
enum status
texts_mail(const struct texts *t, uint64_t notice, struct span lang,
    struct span *subject, struct buf *out)
{
	enum lang l = lang_of(lang);
	const struct around *a = &around[l];

	if (notice >= NOTICE_COUNT || rows[notice].mail[l][0] == '\0')
		return ST_INVALID;
	TRY(buf_append_text(out, a->greeting));
	TRY(buf_append_text(out, "\n\n"));
	TRY(buf_append_text(out, rows[notice].mail[l]));
	TRY(buf_append_text(out, "\n\n"));
	TRY(buf_append_span(out, t->lab_name));
	if (t->lab_phone.len > 0) {
		TRY(buf_append_text(out, "\n"));
		TRY(buf_append_text(out, a->phone));
		TRY(buf_append_span(out, t->lab_phone));
	}
	TRY(buf_append_text(out, "\n"));
	*subject = span_of(a->subject);
	return ST_OK;
}
