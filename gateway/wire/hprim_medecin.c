#include "wire/hprim_medecin.h"

#include "wire/scan.h"

enum {
	STARS_LEAST = 3,	/* of a tag's four: fewer are decoration */
	TAG_MAX = 64		/* bytes of a line that may be one */
};

enum tag { TAG_NONE, TAG_LAB, TAG_END, TAG_END_OF_FILE };

/* --- lines --------------------------------------------------------------- */

static bool
is_blank_byte(uint8_t c)
{
	return c <= ' ';	/* a form feed or a DOS end of file as well */
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_blank_byte(s.ptr[0]))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && is_blank_byte(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* See hprim_medecin.h. */
bool
hprim_medecin_take(struct span *rest, struct span *line)
{
	size_t len = scan_either(*rest, '\r', '\n'), end = len;

	if (rest->len == 0)
		return false;
	*line = span_slice(*rest, 0, len);
	if (end < rest->len && rest->ptr[end++] == '\r' && end < rest->len &&
	    rest->ptr[end] == '\n')
		end++;
	*rest = span_slice(*rest, end, rest->len);
	return true;
}

static bool
take(struct hprim_medecin *m, struct span *line)
{
	if (!hprim_medecin_take(&m->rest, line))
		return false;
	m->line++;
	return true;
}

/* --- tags ---------------------------------------------------------------- */

/* The letters of a tag in capitals, without stars and blanks. */
static enum tag
tag_of(struct span line)
{
	static const struct {
		const char *name;
		enum tag tag;
	} row[] = {
		{ "LAB", TAG_LAB }, { "FIN", TAG_END },
		{ "FINFICHIER", TAG_END_OF_FILE },
	};
	uint8_t name[16];
	struct buf out = buf_over(name, sizeof(name));
	size_t stars = 0;

	line = trimmed(line);
	if (line.len > TAG_MAX)
		return TAG_NONE;
	while (stars < line.len && line.ptr[stars] == '*')
		stars++;
	for (size_t i = stars; stars >= STARS_LEAST && i < line.len; i++) {
		uint8_t c = line.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (c != '*' && c != ' ' && buf_append(&out, &c, 1) != ST_OK)
			return TAG_NONE;
	}
	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(buf_span(&out), row[i].name))
			return row[i].tag;
	return TAG_NONE;
}

/* --- dates --------------------------------------------------------------- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The digits of a date without what stands between; how many, 0: no date. */
static size_t
digits_of(struct span text, uint8_t digits[static 8])
{
	size_t n = 0, marks = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (is_digit(c) && n < 8) {
			digits[n++] = c;
			continue;
		}
		if ((c != '/' && c != '.' && c != '-') || n != 2 + 2 * marks ||
		    ++marks > 2)
			return 0;
	}
	return n;
}

static int
number_of(const uint8_t *digits, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* The year of `n` digits; 0 where two of them may be of either century. */
static int
year_of(const uint8_t *digits, size_t n, enum hprim_medecin_when when,
    int this_year)
{
	int year = number_of(digits, (int)n), century = this_year / 100 * 100;

	if (n == 4)
		return year;
	if (when == HPRIM_MEDECIN_LATELY)
		return century + year;
	return year > this_year % 100 ? century - 100 + year : 0;
}

/* See hprim_medecin.h. */
enum status
hprim_medecin_date(struct span text, enum hprim_medecin_when when,
    int this_year, char date[static 8])
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31 };
	uint8_t digits[8];
	int day, month, year;
	size_t n;

	text = trimmed(text);
	if (text.len == 0)
		return ST_NOT_FOUND;
	n = digits_of(text, digits);
	if (n != 6 && n != 8)
		return ST_MALFORMED;
	day = number_of(digits, 2);
	month = number_of(digits + 2, 2);
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return ST_MALFORMED;
	year = year_of(digits + 4, n - 4, when, this_year);
	if (year == 0)
		return n == 6 ? ST_UNSUPPORTED : ST_MALFORMED;
	for (int i = 3; i >= 0; i--, year /= 10)
		date[i] = (char)('0' + year % 10);
	for (size_t i = 0; i < 2; i++) {
		date[4 + i] = (char)digits[2 + i];
		date[6 + i] = (char)digits[i];
	}
	return ST_OK;
}

/* --- where a record starts ----------------------------------------------- */

static bool
is_date(struct span text)
{
	char date[8];

	return hprim_medecin_date(text, HPRIM_MEDECIN_LATELY, 2000, date) ==
	    ST_OK;
}

/* Whether twelve lines from here on look like a head: dates in their place. */
static bool
looks_like_head(struct span rest)
{
	struct span line;
	bool dates = true;

	for (int i = 0; i < HPRIM_MEDECIN_HEAD; i++) {
		if (!hprim_medecin_take(&rest, &line) || tag_of(line) != TAG_NONE)
			return false;
		if (i == HPRIM_MEDECIN_BIRTH || i == HPRIM_MEDECIN_DATE)
			dates = dates && is_date(line);
	}
	return dates;
}

/* A first line may be empty, and empty lines may stand between records: the
 * dates tell.  Where they do not, the head starts with its first text. */
static void
find_head(struct hprim_medecin *m)
{
	struct hprim_medecin at = *m;
	struct span line;

	for (;;) {
		struct hprim_medecin before = at;

		if (looks_like_head(at.rest)) {
			*m = at;
			return;
		}
		if (!take(&at, &line) || trimmed(line).len > 0) {
			*m = before;
			return;
		}
	}
}

/* --- records ------------------------------------------------------------- */

static enum status
read_head(struct hprim_medecin *m, struct hprim_medecin_record *record)
{
	struct span line;

	for (int i = 0; i < HPRIM_MEDECIN_HEAD; i++) {
		if (!take(m, &line))
			return ST_MORE;
		if (tag_of(line) == TAG_END_OF_FILE)
			m->closed = true;
		if (tag_of(line) != TAG_NONE)
			return ST_MALFORMED;
		record->head[i] = trimmed(line);
		if (i == HPRIM_MEDECIN_SENDER)
			record->sender_raw = line;
	}
	return ST_OK;
}

/* Up to the end's tag; the text, then what stands in ****LAB****. */
static enum status
read_body(struct hprim_medecin *m, struct hprim_medecin_record *record)
{
	const uint8_t *start = m->rest.ptr;
	bool in_lab = false;
	struct span line;

	while (take(m, &line)) {
		enum tag tag = tag_of(line);
		struct span part = { start, (size_t)(line.ptr - start) };

		if (tag == TAG_NONE || (tag == TAG_LAB && in_lab))
			continue;
		*(in_lab ? &record->lab : &record->text) = part;
		if (tag != TAG_LAB) {
			m->closed = tag == TAG_END_OF_FILE;
			return ST_OK;
		}
		in_lab = true;
		start = m->rest.ptr;
	}
	return ST_MORE;
}

static bool
has_end(struct span rest)
{
	struct span line;

	while (hprim_medecin_take(&rest, &line))
		if (tag_of(line) >= TAG_END)
			return true;
	return false;
}

/* Passes over blank lines and tags that end what is over already. */
static void
skip_ends(struct hprim_medecin *m)
{
	struct hprim_medecin at = *m;
	struct span line;

	while (take(&at, &line)) {
		if (trimmed(line).len == 0)
			continue;
		if (tag_of(line) < TAG_END)
			return;
		at.closed |= tag_of(line) == TAG_END_OF_FILE;
		*m = at;
	}
	*m = at;
}

/* See hprim_medecin.h. */
void
hprim_medecin_init(struct hprim_medecin *m, struct span file)
{
	static const uint8_t mark[3] = { 0xef, 0xbb, 0xbf };

	if (file.len >= 3 && memcmp(file.ptr, mark, sizeof(mark)) == 0)
		file = span_slice(file, sizeof(mark), file.len);
	*m = (struct hprim_medecin){ .rest = file, .line = 1 };
}

/* See hprim_medecin.h. */
enum status
hprim_medecin_next(struct hprim_medecin *m, struct hprim_medecin_record *record)
{
	skip_ends(m);
	*record = (struct hprim_medecin_record){ .line = m->line };
	if (m->rest.len == 0 || (m->closed && !has_end(m->rest)))
		return ST_NOT_FOUND;
	m->closed = false;
	find_head(m);
	record->line = m->line;
	TRY(read_head(m, record));
	return read_body(m, record);
}

/* See hprim_medecin.h. */
bool
hprim_medecin_is(struct span file)
{
	struct hprim_medecin m;
	struct span line;

	hprim_medecin_init(&m, file);
	find_head(&m);
	if (looks_like_head(m.rest))
		return true;
	while (take(&m, &line))
		if (tag_of(line) != TAG_NONE)
			return true;
	return false;
}
