/* What init remembers and is told, by the first byte: records come back as
 * they were, texts stay within their bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "init/facts.h"
#include "init/history.h"
#include "init/reasons.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
try_record(struct span text)
{
	struct record r, again;
	uint8_t bytes[1024];
	struct buf out = buf_over(bytes, sizeof(bytes));

	if (facts_record(text, &r) != ST_OK)
		return;
	if (facts_print_record(&r, &out) != ST_OK ||
	    facts_record(buf_span(&out), &again) != ST_OK ||
	    memcmp(&r, &again, sizeof(r)) != 0)
		abort();
}

static void
try_history(struct span text)
{
	static uint8_t bytes[HISTORY_BYTES];
	struct buf file = buf_over(bytes, sizeof(bytes));
	char last[HISTORY_LINE_MAX];

	if (buf_append_span(&file, span_slice(text, 0, sizeof(bytes))) !=
	    ST_OK)
		abort();
	history_add(&file, "2026-11-22 09:31 a line that nobody else wrote");
	history_last(buf_span(&file), last);
	if (file.len > sizeof(bytes) || strstr(last, "nobody else") == NULL)
		abort();
}

static void
try_facts(struct span text)
{
	struct release_facts release;
	struct board board;
	struct trial trial;
	unsigned line, slot = 0;

	if (facts_release(text, &release, &line) == ST_OK &&
	    release.floor > release.number)
		abort();
	if (facts_board(text, &board, &line) == ST_OK && board.name[0] == '\0')
		abort();
	if (facts_trial(text, &trial) == ST_OK && trial.slot > 1)
		abort();
	if (facts_slot(text, &slot) == ST_OK && slot > 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char panic[REASON_MAX];
	struct span text;

	if (len == 0)
		return 0;
	text = (struct span){ data + 1, len - 1 };
	if (data[0] == 'r')
		try_record(text);
	else if (data[0] == 'h')
		try_history(text);
	else if (data[0] == 'p' && reasons_panic(text, panic) == ST_OK &&
	    strlen(panic) >= REASON_MAX)
		abort();
	else
		try_facts(text);
	return 0;
}
