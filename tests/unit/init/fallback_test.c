#include "init/fallback.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "tap.h"

enum { A, B };

static const char image[] = "# as it comes from the factory\n"
    "box.id = guichet\nnetwork.lab = 192.168.1.2/24\n"
    "mllp.listen = 0.0.0.0:2575\n mllps.listen=0.0.0.0:2576\n"
    "service.port = off\n[source lis]\nfolder = /data/in\n";

/* --- is it this release? ----------------------------------------------------------- */

/* b runs; a was healthy last, has `tries`; the boot loader wrote `last`. */
static bool
is_trial(uint8_t tries, uint8_t last)
{
	const struct record record = { .slot = A };
	const struct control booted = { .last = last, .slot = {
		{ .priority = 14, .tries = tries },
		{ .priority = 15, .tries = 2 } } };

	return fallback_is_trial(B, &record, &booted);
}

static void
test_trial(void)
{
	const struct record record = { .slot = B };
	const struct control booted = { .last = B, .slot = {
		{ .priority = 14, .tries = 7 }, { .priority = 15, .tries = 6 } }
	};

	ok(is_trial(7, B), "the other one was healthy last: a trial");
	ok(is_trial(1, B), "with one try left, too");
	ok(!is_trial(0, B), "no way back: the other one is closed");
	ok(!is_trial(7, A), "no way back: the other one was refused");
	ok(!fallback_is_trial(B, &record, &booted),
	    "this one was healthy last: the file is wrong");
	ok(!fallback_is_trial(B, NULL, &booted), "nothing is remembered");
	ok(!fallback_is_trial(A, &record, NULL), "no block to be read");
}

/* --- what it runs on ---------------------------------------------------------------- */

/* What the box runs on where the site's file is `refused`. */
static struct config
run_on(const char *own, const char *refused)
{
	static uint8_t bytes[2048];
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct config c = { 0 };
	struct config_error error = { 0 };

	if (fallback_write(span_of(own), span_of(refused), &out) != ST_OK ||
	    config_parse(&c, buf_span(&out), &error) != ST_OK)
		printf("# line %u: %s\n", error.line, error.text);
	return c;
}

static void
test_closed(void)
{
	struct config c = run_on(image, "mllp.listen = 0.0.0.0:2575\nx\n");

	ok(strcmp(c.mllp_listen, "none") == 0 &&
	    strcmp(c.mllps_listen, "none") == 0 &&
	    strcmp(c.fhir_listen, "none") == 0, "nobody can send");
	ok(strcmp(c.network_lab, "192.168.1.2/24") == 0 &&
	    c.n_sources == 2, "the rest is the image's");
	c = run_on("box.id = guichet", "");
	ok(strcmp(c.mllp_listen, "none") == 0, "where the image says nothing, "
	    "too: a default is not none");
	c = run_on("\xef\xbb\xbfmllp.listen = 0.0.0.0:2575\n", "x");
	ok(strcmp(c.mllp_listen, "none") == 0 && c.n_sources == 1,
	    "behind an editor's mark");
}

static void
expect_service(const char *refused, bool is_on, const char *what)
{
	struct config c = run_on(image, refused);

	ok(c.service_port == is_on && strcmp(c.box_id, "guichet") == 0, "%s",
	    what);
}

static void
test_service(void)
{
	expect_service("x\nservice.port = on\n\xff\n", true, "the site had it "
	    "on: it stays");
	expect_service("\tservice.port=on \r\nx", true, "however it is spaced");
	expect_service("service.port = on", true, "at the end");
	expect_service("\xef\xbb\xbfservice.port = on", true, "behind an "
	    "editor's mark");
	expect_service("x = 1\n", false, "not set");
	expect_service("service.port = off\n", false, "off");
	expect_service("service.port = On\n", false, "nearly on");
	expect_service("# service.port = on\n", false, "in a comment");
	expect_service("service.port = on\nservice.port = off\n", false,
	    "both: off");
	expect_service("service.port = on\nservice.port = on\n", false,
	    "twice: off");
	expect_service("[source a]\nservice.port = on\n", false,
	    "of a section");
	ok(run_on("box.id = guichet\nservice.port = on\n", "x").service_port,
	    "the image's own stays");
	ok(!run_on("box.id = guichet\nservice.port = on\n",
	    "service.port = off\n").service_port, "but for a site's off");
}

static void
test_room(void)
{
	uint8_t bytes[256];

	for (size_t max = 0; max < 130; max += 3) {
		struct buf out = buf_over(bytes, max);

		if (fallback_write(span_of(image), span_of(""), &out) !=
		    ST_NO_SPACE)
			ok(false, "%zu bytes are enough", max);
	}
	ok(true, "without room it says so");
}

int
main(void)
{
	test_trial();
	test_closed();
	test_service();
	test_room();
	return done_testing();
}
