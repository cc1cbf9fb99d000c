#include "config/example.h"

#include "config/keys.h"
#include "config/words.h"

enum { COLUMNS = 76 };

static const char head[] =
    "# guichet.conf -- made from gateway/config/keys.def by\n"
    "# `guichetd --example-config`; do not edit the copy in docs/.\n"
    "#\n"
    "# KEY = VALUE, one a line; a line that begins with # is a comment.\n"
    "# Every key stands here with its default.  Durations end in s, m, h or\n"
    "# d; sizes in KiB or MiB.  `guichetd -c FILE --check` says what is wrong.\n";

static const char source_head[] =
    "\n"
    "# --- sources -----------------------------------------------------------\n"
    "# One section for each laboratory information system that delivers;\n"
    "# [source default] is for whoever has none.\n"
    "\n"
    "[source default]\n";

static const char hold_head[] =
    "\n"
    "# --- holds -------------------------------------------------------------\n"
    "# Up to 64 sections: results that are sealed, but wait until a biologist\n"
    "# releases them (guichet bundle release).  One such result holds its whole\n"
    "# report.  Genetic tests are always held, whatever stands here.\n"
    "#\n"
    "# [hold NAME]\n";

static size_t
word_length(const char *text)
{
	size_t n = 0;

	while (text[n] != '\0' && text[n] != ' ')
		n++;
	return n;
}

/* `text` as comment lines, broken between words. */
static void
put_comment(FILE *to, const char *text)
{
	size_t column = 1;

	fputc('#', to);
	while (*text != '\0') {
		size_t n = word_length(text);

		if (n > 0 && column + 1 + n > COLUMNS) {
			fputs("\n#", to);
			column = 1;
		}
		if (n > 0) {
			fprintf(to, " %.*s", (int)n, text);
			column += 1 + n;
		}
		text += n;
		while (*text == ' ')
			text++;
	}
	fputc('\n', to);
}

static void
put_allowed(FILE *to, const struct value_row *row)
{
	fputs("# Must be ", to);
	if (row->kind == VALUE_CHOICE)
		fputs("one of: ", to);
	for (const char *p = words_of(row)->allowed; *p != '\0'; p++) {
		if (*p == '|')
			fputs(", ", to);
		else
			fputc(*p, to);
	}
	fputs(".\n", to);
}

static void
put_rows(FILE *to, const struct value_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputc('\n', to);
		put_comment(to, words_of(&rows[i])->doc);
		put_allowed(to, &rows[i]);
		fprintf(to, "#%s = %s\n", rows[i].key, rows[i].initial);
	}
}

/* See example.h. */
void
config_example(FILE *to)
{
	fputs(head, to);
	put_rows(to, config_keys, config_n_keys);
	fputs(source_head, to);
	put_rows(to, config_source_keys, config_n_source_keys);
	fputs(hold_head, to);
	put_rows(to, config_hold_keys, config_n_hold_keys);
}
