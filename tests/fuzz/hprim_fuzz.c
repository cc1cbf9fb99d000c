/*
 * HPRIM files cut into segments and records.  Invariants: what was unfolded
 * holds no line end but its own, has its counts right and is no longer than
 * said; records lie inside the file and follow each other; UTF-16 gives UTF-8.
 */
#include <stdlib.h>

#include "wire/charset.h"
#include "wire/hprim.h"
#include "wire/hprim_medecin.h"
#include "wire/utf16.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void *
room_for(size_t len)
{
	void *room = malloc(len == 0 ? 1 : len);

	if (room == NULL)
		abort();
	return room;
}

static void
check_unfolded(struct span file, struct span out, const struct hprim_file *about)
{
	unsigned segments = 0;

	for (size_t i = 0; i < out.len; i++)
		segments += out.ptr[i] == '\r';
	if (out.len == 0 || out.ptr[out.len - 1] != '\r' ||
	    out.ptr[0] != 'H' || segments != about->segments ||
	    about->lines < about->segments || about->d.field == 0)
		abort();
	for (unsigned n = 1, before = 0; n <= segments && n < 64; n++) {
		unsigned line = hprim_line_of(file, n);

		if (line <= before)
			abort();
		before = line;
	}
}

static void
try_unfold(struct span file)
{
	size_t max = hprim_most(file.len);
	struct buf out = buf_over(room_for(max), max);
	struct hprim_file about;
	enum status st = hprim_unfold(file, &out, &about);

	if (st == ST_NO_SPACE || out.len > max)
		abort();
	if (st == ST_OK)
		check_unfolded(file, buf_span(&out), &about);
	else if (about.fault == HPRIM_SOUND || about.fault >= HPRIM_FAULTS ||
	    about.fault_line == 0)
		abort();
	free(out.ptr);
}

static void
check_inside(struct span file, struct span part)
{
	if (part.len > 0 && (part.ptr < file.ptr ||
	    part.ptr + part.len > file.ptr + file.len))
		abort();
}

static void
try_medecin(struct span file)
{
	struct hprim_medecin_record record;
	struct hprim_medecin m;
	unsigned line = 0;

	hprim_medecin_init(&m, file);
	while (hprim_medecin_next(&m, &record) == ST_OK) {
		char date[8];

		for (int i = 0; i < HPRIM_MEDECIN_HEAD; i++)
			check_inside(file, record.head[i]);
		check_inside(file, record.text);
		check_inside(file, record.lab);
		if (record.line <= line)
			abort();
		line = record.line;
		if (hprim_medecin_date(record.head[HPRIM_MEDECIN_BIRTH],
		    HPRIM_MEDECIN_BORN, 2026, date) == ST_OK)
			for (size_t i = 0; i < sizeof(date); i++)
				if (date[i] < '0' || date[i] > '9')
					abort();
	}
	(void)hprim_medecin_is(file);
}

static void
try_utf16(struct span file)
{
	size_t max = utf16_most(file.len);
	struct buf out = buf_over(room_for(max), max);

	if (utf16_is(file) && (utf16_to_utf8(file, &out) != ST_OK ||
	    !charset_is_utf8(buf_span(&out))))
		abort();
	free(out.ptr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span file = { data, len };

	try_unfold(file);
	try_medecin(file);
	try_utf16(file);
	return 0;
}
