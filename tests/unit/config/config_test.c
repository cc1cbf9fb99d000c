#include "config/config.h"

#include "config/check.h"
#include "config/keys.h"
#include "tap.h"

static struct config config;
static struct config_error error;

static bool
parses(const char *text)
{
	return config_check(&config, span_of(text), &error) == ST_OK;
}

/* `text` is refused in line `line` with exactly these words. */
static void
expect(const char *text, unsigned line, const char *words)
{
	bool refused = !parses(text);

	ok(refused && error.line == line && strcmp(error.text, words) == 0,
	    "line %u: %s", line, words);
	if (refused && strcmp(error.text, words) != 0)
		printf("# %u: %s\n", error.line, error.text);
}

/* What a role reads guichetd has checked: it links neither words nor regcomp(),
 * and takes what it need not look into. */
static void
test_a_roles_reading(void)
{
	static const char pattern[] = "[source a]\ncard_pattern = (\n";
	static const char window[] = "bundle.window = soon\n";

	ok(!parses(pattern) && config_parse(&config, span_of(pattern), &error)
	    == ST_OK, "a pattern is looked into once");
	ok(!parses(window) && error.line == 1 && strstr(error.text, "must be ")
	    != NULL, "a person is told what is allowed");
	ok(config_parse(&config, span_of(window), &error) == ST_INVALID &&
	    error.line == 1 && strcmp(error.text,
	    "bundle.window: not allowed") == 0, "a role which key it was: %s",
	    error.text);
}

/* --- defaults -------------------------------------------------------------- */

static void
check_rows(const struct value_row *rows, size_t n, void *owner)
{
	for (size_t i = 0; i < n; i++)
		ok(value_set(&rows[i], owner, span_of(rows[i].initial)) ==
		    ST_OK, "the default of %s is allowed", rows[i].key);
}

static void
test_defaults(void)
{
	check_rows(config_keys, config_n_keys, &config);
	check_rows(config_source_keys, config_n_source_keys,
	    &config.source[0]);
	config_init(&config);
	ok(config.window_s == 14 * 86400 && config.lab_window_s == 72 * 3600 &&
	    config.card_life_s == 365 * 86400, "windows: 14 d, 72 h, 365 d");
	ok(config.frame_bytes_max == 32 << 20 &&
	    config.mllp_connections_max == 64 &&
	    config.pickup_connections_max == 2000 &&
	    config.card_wrong_tokens_per_hour == 10, "limits of the design");
	ok(config.n_sources == 1 &&
	    strcmp(config.source[0].name, "default") == 0 &&
	    config.source[0].production && !config.source[0].snapshot &&
	    strcmp(config.source[0].card_paths[0], "PID-3") == 0 &&
	    strcmp(config.source[0].card_paths[1], "OBR-20") == 0 &&
	    config.source[0].card_paths[2][0] == '\0',
	    "one source named default");
	ok(parses("") && parses("\n\n# only\n  # comments\n\t\n"),
	    "an empty file is all defaults");
}

/* --- good values ----------------------------------------------------------- */

static void
test_values(void)
{
	ok(parses("box.id=demo-7\nlab.name =  Laboratoire « Été » \r\n"
	    "pickup.origin = https://labo.example:8443\n"
	    "mllp.listen = [::1]:2575\nbundle.window = 5s\n"
	    "bundle.lab_window=90m\nmllp.frame_max = 2MiB\n"), "it parses");
	ok(strcmp(config.box_id, "demo-7") == 0, "text");
	ok(strcmp(config.lab_name, "Laboratoire « Été »") == 0,
	    "UTF-8, trimmed, CR LF");
	ok(strcmp(config.mllp_listen, "[::1]:2575") == 0, "an IPv6 address");
	ok(config.window_s == 5 && config.lab_window_s == 5400, "durations");
	ok(config.frame_bytes_max == 2 << 20, "a size");
	ok(parses("\xef\xbb\xbf" "box.id = bom"), "a byte-order mark is skipped");
	ok(parses("lab.name = a = b # c\n") &&
	    strcmp(config.lab_name, "a = b # c") == 0,
	    "a value goes to the end of its line");
	ok(parses("pickup.origin = https://localhost") &&
	    parses("pickup.origin = https://10.0.0.1:1"), "origins");
	ok(parses("lab.phone =\n") && config.lab_phone[0] == '\0',
	    "a text may be empty where that is allowed");
}

static void
test_sources(void)
{
	ok(parses("[source default]\ncharset = utf-8\n"
	    "[source kbd]\ncard_paths = PID-3, ZPC-1.2,OBR-20.1.3,9.21, "
	    "9.4.2,line-9\n"
	    "card_authority = CARDS\ncharset = windows-1252\n"
	    "ack_mode = enhanced-accept-only\ntimezone = <+02>-2\n"
	    "environment = test\nupdate = snapshot\n"), "two sources");
	ok(config.n_sources == 2 && config.source[0].charset == CHARSET_UTF8,
	    "default is changed, not added");
	ok(strcmp(config.source[1].name, "kbd") == 0 &&
	    strcmp(config.source[1].card_paths[1], "ZPC-1.2") == 0 &&
	    strcmp(config.source[1].card_paths[2], "OBR-20.1.3") == 0 &&
	    strcmp(config.source[1].card_paths[4], "9.4.2") == 0 &&
	    config.source[1].charset == CHARSET_WINDOWS1252 &&
	    config.source[1].ack_mode == ACK_ENHANCED_ACCEPT_ONLY &&
	    !config.source[1].production && config.source[1].snapshot,
	    "every key of the other");
	ok(strcmp(config.source[1].timezone, "<+02>-2") == 0, "a numeric zone");
}

/* --- errors ---------------------------------------------------------------- */

static void
test_wrong_lines(void)
{
	expect("\n\nhello\n", 3, "hello: must be KEY = VALUE, [source NAME], "
	    "[hold NAME] or a # comment");
	expect("pickup.lisen = 0.0.0.0:8443", 1,
	    "pickup.lisen: unknown key; did you mean pickup.listen?");
	expect("colour = blue", 1, "colour: unknown key; guichetd "
	    "--example-config lists all keys");
	expect("box.id = one\n#\nbox.id = two\n", 3,
	    "box.id: set twice; keep one of the lines");
	expect("= x", 1, ": unknown key; guichetd --example-config lists all "
	    "keys");
	expect("lab.name = \xff\n", 1, "bytes that are not UTF-8 text; save "
	    "the file as UTF-8");
	expect("lab.name = a\x01" "b\n", 1, "bytes that are not UTF-8 text; "
	    "save the file as UTF-8");
}

static void
test_wrong_sections(void)
{
	static const char form[] = ": a section is [source NAME] or [hold "
	    "NAME], NAME at most 63 of A-Z, a-z, 0-9, dot, hyphen, "
	    "underscore";
	char words[256];

	static const char *const bad[] = {
		"[source ]", "[source a b]", "[source a", "[target a]", "[]",
		"[", "[source a/b]", "[hold]", "[hold ]", "[hold a b]",
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(words, sizeof(words), "%s%s", bad[i], form);
		expect(bad[i], 1, words);
	}
	expect("[source a]\n[source b]\n[source a]\n", 3, "[source a]: there "
	    "are two sections of this name; join them");
	expect("[source a]\ncharset = auto\ncharset = auto\n", 3,
	    "charset: set twice in this section; keep one of the lines");
	ok(parses("[source a]\ncharset=auto\n[source b]\ncharset=auto\n"),
	    "the same key in two sections is none");
	expect("charset = auto\n", 1, "charset: belongs below a [source NAME] "
	    "line");
	expect("[source a]\nbox.id = x\n", 2, "box.id: belongs above the "
	    "first [source NAME] section");
	expect("[source a]\nchraset = x\n", 2, "chraset: unknown key; did you "
	    "mean charset?");
	expect("[source 1]\n[source 2]\n[source 3]\n[source 4]\n[source 5]\n"
	    "[source 6]\n[source 7]\n[source 8]\n[source 9]\n[source 10]\n"
	    "[source 11]\n[source 12]\n[source 13]\n[source 14]\n"
	    "[source 15]\n[source 16]\n", 16, "[source 16]: at most 16 "
	    "sources, with the one named default");
}

struct wrong {
	const char *key, *allowed, *values[12];
};

static const struct wrong wrongs[] = {
	{ "box.id", "3 to 32 of a-z, 0-9 and hyphen",
	  { "ab", "Box", "a b", "a_b", "", "abcdefghijklmnopqrstuvwxyz0123456" } },
	{ "lab.name", "1 to 255 bytes of text", { "" } },
	{ "state.dir", "an absolute path without . or .. in it",
	  { "x", "", "/", "/a/", "//a", "/a/../b", "/a/./b", "/.." } },
	{ "pickup.listen", "ADDRESS:PORT, for example 0.0.0.0:8443",
	  { "foo", "8443", "1.2.3.4", "1.2.3.4:0", "1.2.3.4:65536", ":80",
	    "localhost:80", "::1:80", "[1.2.3.4]:80", "1.2.3.4:80x",
	    "1.2.3:80", "[::1]80" } },
	{ "pickup.origin",
	  "https://HOST or https://HOST:PORT in lower case, without a path, "
	  "at most 82 characters long: the url of a health link has 128",
	  { "http://a", "https://", "https://a/", "https://A", "https://a:",
	    "https://a:0", "https://a:99999", "https://a b", "a.example",
	    "https://a:65536", "https://a:80a", "https://[::1]" } },
	{ "mllp.connections_max", "a number from 1 to 256",
	  { "0", "257", "-1", "1.5", "", "x", "0x10", "64 ", "1s",
	    "99999999999999999999" } },
	{ "bundle.window", "a duration from 5s to 30d, for example 14d",
	  { "4s", "31d", "14", "d", "14 d", "14D", "1w", "2592001s",
	    "999999999999999d", "" } },
	{ "mllp.frame_max", "a size from 64KiB to 64MiB, for example 32MiB",
	  { "63KiB", "65MiB", "32MB", "32mib", "1GiB", "MiB" } },
};

static void
test_wrong_values(void)
{
	char text[512], words[512];

	for (size_t w = 0; w < COUNT(wrongs); w++)
		for (size_t v = 0; v < 12 && wrongs[w].values[v]; v++) {
			const char *value = wrongs[w].values[v];

			if (strcmp(value, "64 ") == 0)
				continue;	/* trimmed: allowed */
			snprintf(text, sizeof(text), "# x\n%s = %s\n",
			    wrongs[w].key, value);
			snprintf(words, sizeof(words), "%s = %s: must be %s",
			    wrongs[w].key, value, wrongs[w].allowed);
			expect(text, 2, words);
		}
}

static const struct wrong source_wrongs[] = {
	{ "card_paths", "1 to 8 fields such as PID-3, OBR-20, in HPRIM 9.21, "
	  "line-9, separated by commas",
	  { "9", "9.", "9.4.2.1", "09.4", "line-", "line-0", "line-9.1",
	    "LINE-9" } },
	{ "card_paths", "1 to 8 fields such as PID-3, OBR-20, in HPRIM 9.21, "
	  "line-9, separated by commas",
	  { "", "PID", "PID-", "PID-0", "pid-3", "PID-3,", "PID-3 OBR-20",
	    "PID-100", "PI-3", "PID-3.1.2.3", "PID-3.",
	    "PID-1,PID-2,PID-3,PID-4,PID-5,PID-6,PID-7,PID-8,PID-9" } },
	{ "charset", "one of: auto, utf-8, iso-8859-1, iso-8859-15, "
	  "windows-1252, cp850, macroman", { "utf8", "", "auto|utf-8", "|", "AUTO" } },
	{ "ack_mode", "one of: auto, original, enhanced-accept-only",
	  { "enhanced" } },
	{ "environment", "one of: test, production", { "prod" } },
	{ "timezone", "a POSIX TZ rule, for example "
	  "CET-1CEST,M3.5.0,M10.5.0/3",
	  { "Europe/Paris", "CE1", "CET", "CET-", "", "<+02", "CET -1" } },
};

static void
test_wrong_source_values(void)
{
	char text[512], words[512];

	for (size_t w = 0; w < COUNT(source_wrongs); w++)
		for (size_t v = 0; v < 12 && source_wrongs[w].values[v]; v++) {
			const char *value = source_wrongs[w].values[v];

			snprintf(text, sizeof(text), "[source a]\n%s = %s\n",
			    source_wrongs[w].key, value);
			snprintf(words, sizeof(words), "%s = %s: must be %s",
			    source_wrongs[w].key, value,
			    source_wrongs[w].allowed);
			expect(text, 2, words);
		}
}

/* --- hold lists ------------------------------------------------------------ */

static void
test_holds(void)
{
	ok(parses("hold.unknown = hold\n[hold vih]\ncodes = LOINC 75622-1, "
	    "NABM 0388 ,LOCAL HIV*,* *VIH*\nreason = remis en main propre\n"
	    "[source a]\ncharset = auto\n[hold other]\ncodes=* ?x\n") &&
	    config.n_holds == 2 && config.n_sources == 2 &&
	    config.hold_unknown &&
	    strcmp(config.hold[0].name, "vih") == 0 &&
	    strcmp(config.hold[0].codes, "LOINC 75622-1, NABM 0388 ,"
	    "LOCAL HIV*,* *VIH*") == 0 &&
	    strcmp(config.hold[0].reason, "remis en main propre") == 0 &&
	    strcmp(config.hold[1].codes, "* ?x") == 0,
	    "R30 hold lists beside sources, in any order");
	ok(parses("") && config.n_holds == 0 && !config.hold_unknown,
	    "none unless asked for");
	expect("[hold a]\ncodes = LOINC 1-8\n[hold a]\n", 3, "[hold a]: "
	    "there are two sections of this name; join them");
	expect("# x\n[hold a]\n[source b]\n", 2, "[hold a]: codes is "
	    "missing: which examinations?");
	expect("[source b]\n[hold a]\nreason = x\n", 2, "[hold a]: codes is "
	    "missing: which examinations?");
	expect("codes = LOINC 1-8\n", 1,
	    "codes: belongs below a [hold NAME] line");
	expect("[hold a]\ncharset = auto\n", 2,
	    "charset: belongs below a [source NAME] line");
	expect("[hold a]\nbox.id = abc\n", 2, "box.id: belongs above the "
	    "first [source NAME] section");
	expect("[hold a]\ncods = * x\n", 2,
	    "cods: unknown key; did you mean codes?");
}

static void
test_wrong_hold_codes(void)
{
	static const char *const bad[] = {
		"", "75622-1", "LOINC", "LOINC ,", "loinc 1-8", "SNOMED 1",
		"LOINC 1-8,,NABM 2", "* *", "* ***", "*VIH*", ",",
		"LOINC 1-8, NABM",
	};
	char text[128], words[384];

	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof(text), "[hold a]\ncodes = %s\n", bad[i]);
		snprintf(words, sizeof(words), "codes = %s: must be LOINC, "
		    "NABM, LOCAL or * and a code or pattern, separated by "
		    "commas, for example LOINC 75622-1, NABM 0388, LOCAL "
		    "HIV*, * *VIH*", bad[i]);
		expect(text, 2, words);
	}
}

/* Sections [hold 1] to [hold n]. */
static const char *
many_holds(int n)
{
	static char text[8192];
	size_t at = 0;

	for (int i = 1; i <= n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "[hold %d]\ncodes = LOINC 1-8\n", i);
	return text;
}

static void
test_hold_limits(void)
{
	static char text[800];

	ok(parses(many_holds(64)) && config.n_holds == 64, "64 hold lists");
	expect(many_holds(65), 129, "[hold 65]: at most 64 hold sections; put "
	    "several codes into one");
	strcpy(text, "[hold a]\ncodes = * ");
	memset(text + strlen(text), 'x', 241);
	ok(!parses(text), "a pattern of 241 letters is refused");
	text[strlen(text) - 1] = '\0';
	ok(parses(text), "one of 240 is taken");
}

static void
test_long_value(void)
{
	char text[600] = "lab.name = ";

	memset(text + 11, 'x', 300);
	ok(!parses(text) && strlen(error.text) < sizeof(error.text) &&
	    strstr(error.text, "must be 1 to 255 bytes") != NULL,
	    "a value that is too long is cut in its error");
}

/* --- slices ---------------------------------------------------------------- */

static const char full[] =
    "box.id = demo-box\nlab.name = Labo\nlab.phone = 01 23\n"
    "state.dir = /s\nrun.dir = /r\nmllp.listen = 127.0.0.1:1\n"
    "pickup.listen = 127.0.0.1:2\npickup.origin = https://x\n"
    "pickup.certificate = /c\npickup.key = /k\nbundle.window = 6s\n"
    "bundle.lab_window = 7s\ncard.life = 1h\nmllp.idle = 5s\n"
    "card.wrong_tokens_per_hour = 3\nmllp.frame_max = 65536\n"
    "[source lis]\ncard_paths = OBR-18\ncharset = iso-8859-15\n"
    "environment = test\nupdate = snapshot\n"
    "[hold vih]\ncodes = LOINC 75622-1, * *VIH*\nreason = en main propre\n";

static struct span
slice(enum role_id role)
{
	static uint8_t bytes[48 * 1024];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(parses(full), "the whole file parses");
	ok(config_slice(&config, role, &out) == ST_OK, "%s has a slice",
	    role_name(role));
	return buf_span(&out);
}

static bool
mentions(struct span text, const char *word)
{
	return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static void
test_slices(void)
{
	struct config first;
	struct span text = slice(ROLE_INTAKE);

	first = config;
	ok(config_parse(&config, text, &error) == ST_OK, "it parses again");
	ok(memcmp(&config.source, &first.source, sizeof(first.source)) == 0 &&
	    config.n_sources == 2, "with the same sources");
	ok(config.mllp_idle_s == 5 && config.frame_bytes_max == 65536 &&
	    strcmp(config.box_id, "demo-box") == 0, "and the same values");
	ok(config.n_holds == 1 && memcmp(&config.hold, &first.hold,
	    sizeof(first.hold)) == 0, "and the same hold list");
	ok(!mentions(text, "pickup.key") && !mentions(text, "run.dir"),
	    "intake does not see the TLS key's place");
	text = slice(ROLE_PICKUP);
	ok(mentions(text, "pickup.key = /k\n") && !mentions(text, "source") &&
	    !mentions(text, "hold") && !mentions(text, "card."), "pickup sees its own");
	text = slice(ROLE_VAULT);
	ok(mentions(text, "bundle.window = 6s\n") && !mentions(text, "pickup")
	    && !mentions(text, "state.dir"), "the vault sees windows");
	text = slice(ROLE_DESK);
	ok(mentions(text, "pickup.origin = https://x\n") &&
	    !mentions(text, "pickup.key"), "the desk sees the origin");
	text = slice(ROLE_CTL);
	ok(text.len == 0, "the command sees nothing");
}

/* Each section as long as it can be: START.config has 131072 bytes. */
static void
test_biggest_slice(void)
{
	static uint8_t bytes[131072];
	struct buf out = buf_over(bytes, sizeof(bytes));

	config_init(&config);
	config.n_sources = CONFIG_SOURCES_MAX;
	config.n_holds = CONFIG_HOLDS_MAX;
	for (unsigned i = 0; i < CONFIG_SOURCES_MAX; i++) {
		struct config_source *s = &config.source[i];

		*s = config.source[0];
		memset(s->name, 'n', sizeof(s->name) - 1);
		memset(s->networks, 'n', sizeof(s->networks) - 1);
		memset(s->clients, 'n', sizeof(s->clients) - 1);
		memset(s->senders, 'n', sizeof(s->senders) - 1);
		memset(s->card_pattern, 'n', sizeof(s->card_pattern) - 1);
		memset(s->card_system, 'n', sizeof(s->card_system) - 1);
	}
	for (unsigned i = 0; i < CONFIG_HOLDS_MAX; i++) {
		memset(config.hold[i].name, 'n', 63);
		memset(config.hold[i].codes, 'n', 511);
		memset(config.hold[i].reason, 'n', 63);
	}
	ok(config_slice(&config, ROLE_INTAKE, &out) == ST_OK,
	    "the longest slice fits the message that carries it (%zu bytes)",
	    out.len);
}

static void
test_slice_space(void)
{
	uint8_t bytes[4096];
	struct buf out = buf_over(bytes, 0);
	enum status st = ST_NO_SPACE;
	size_t max = 0;

	if (!parses(full))
		return;
	while (st == ST_NO_SPACE && max < sizeof(bytes)) {
		out = buf_over(bytes, max++);
		st = config_slice(&config, ROLE_INTAKE, &out);
	}
	ok(st == ST_OK && out.len == max - 1,
	    "too small a buffer is refused at every size");
}

int
main(void)
{
	test_defaults();
	test_a_roles_reading();
	test_values();
	test_sources();
	test_wrong_lines();
	test_wrong_sections();
	test_wrong_values();
	test_wrong_source_values();
	test_holds();
	test_wrong_hold_codes();
	test_hold_limits();
	test_long_value();
	test_slices();
	test_biggest_slice();
	test_slice_space();
	return done_testing();
}
