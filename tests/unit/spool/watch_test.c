/*
 * A folder, and what intake would say about its files: from the first look to
 * where each file ends.  The folder is real, intake and time are the test's.
 */
#include "spool/watch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/transfer.h"
#include "tap.h"

static char root[] = "/tmp/watch-test-XXXXXX";
static struct role role;
static uint8_t buffer[WATCH_PART_BYTES];
static struct watch_shared shared;
static struct config_source source = { .name = "lis", .folder_wait_s = 600 };
static struct watch w;

/* --- intake ---------------------------------------------------------------- */

static struct {
	unsigned offers, ends, drops, parts;
	uint64_t file, piece, size, len;
	char name[NAME_BYTES], first[64];
	bool is_full, is_gone;
	unsigned room;		/* parts that fit before it is full */
} intake;

enum status
role_send(struct role *r, enum role_id to, const struct message *m)
{
	(void)r;
	if (to != ROLE_INTAKE || intake.is_gone)
		return ST_IO;
	if (m->id == MSG_SPOOL_OFFER) {
		intake.offers++;
		intake.file = m->spool_offer.file;
		intake.piece = m->spool_offer.piece;
		intake.size = m->spool_offer.size;
		intake.len = 0;
		snprintf(intake.name, sizeof(intake.name), "%.*s",
		    (int)m->spool_offer.name.len,
		    (const char *)m->spool_offer.name.ptr);
	} else if (m->id == MSG_SPOOL_PART) {
		intake.parts++;
		if (intake.len == 0)
			snprintf(intake.first, sizeof(intake.first), "%.*s",
			    (int)m->spool_part.data.len,
			    (const char *)m->spool_part.data.ptr);
		intake.len += m->spool_part.data.len;
		if (intake.room > 0 && --intake.room == 0)
			intake.is_full = true;
	} else if (m->id == MSG_SPOOL_END) {
		intake.ends++;
	} else if (m->id == MSG_SPOOL_DROP) {
		intake.drops++;
	}
	return ST_OK;
}

bool
channel_is_full(const struct channel *c)
{
	(void)c;
	return intake.is_full;
}

void
role_refuse(const char *format, ...)
{
	(void)format;
	exit(78);
}

static void
answer(enum status outcome, const char *text, const char *wants)
{
	struct msg_spool_answer a = { .file = w.file,
	    .outcome = (uint64_t)outcome, .text = span_of(text),
	    .wants = span_of(wants) };

	transfer_answer(&w, &a);
	watch_go_on(&w);
}

/* --- the folder ------------------------------------------------------------ */

static void
write_file(const char *name, const char *text)
{
	int fd = openat(w.folder.fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

/* As a LIS should: whole, and then by its name. */
static void
drop(const char *name, const char *text)
{
	write_file("x.tmp", text);
	(void)!renameat(w.folder.fd, "x.tmp", w.folder.fd, name);
	watch_notice(&w, name, true);
}

static bool
exists(const char *name)
{
	return faccessat(w.folder.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
says(const char *name, const char *words)
{
	char text[8192] = "";
	int fd = openat(w.folder.fd, name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 && strstr(text, words) != NULL;
}

static void
pass(uint64_t ms)
{
	role.loop.time += ms;
	shared.lines_left = 10;
	watch_scan(&w);
}

static void
begin(uint64_t keep_s)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0 || mkdir(root, 0700) != 0)
		abort();
	free(w.entries.all);
	memset(&intake, 0, sizeof(intake));
	(void)!strcpy(source.folder, root);
	source.folder_keep_s = keep_s;
	shared = (struct watch_shared){ .role = &role, .buffer = buffer };
	role.peer[ROLE_INTAKE].is_open = true;
	watch_init(&w, &shared, &source);
	pass(1000);
}

static bool
is_wiped(void)
{
	for (size_t i = 0; i < sizeof(buffer); i++)
		if (buffer[i] != 0)
			return false;
	return true;
}

/* --- what is to be --------------------------------------------------------- */

static void
test_stored(void)
{
	begin(0);
	drop("a.hl7", "MSH");
	ok(intake.offers == 1 && intake.ends == 1 && intake.size == 3 &&
	    strcmp(intake.name, "a.hl7") == 0 &&
	    strcmp(intake.first, "MSH") == 0, "R36 renamed: offered at once");
	ok(is_wiped(), "nothing of it stays in the buffer");
	ok(exists("a.hl7"), "R36 it stays until it is durable");
	answer(ST_OK, "", "");
	ok(!exists("a.hl7") && !exists("done/a.hl7") && w.entries.n == 0,
	    "R36 stored: erased");
	drop("a.hl7", "MSH");
	answer(ST_EXISTS, "", "");
	ok(!exists("a.hl7"), "R36 known already: erased too");
	drop("a.hl7", "MSH other");
	ok(intake.offers == 3 && intake.file == 3,
	    "R36 the same name with new content is a new file");
	answer(ST_OK, "", "");
}

static void
test_triggers(void)
{
	begin(0);
	write_file("slow.hl7", "MSH");
	watch_notice(&w, "slow.hl7", false);
	pass(1000);
	pass(900);
	ok(intake.offers == 0, "R36 written in place: not at once");
	write_file("slow.hl7", "MSH|more");
	pass(500);
	pass(1900);
	ok(intake.offers == 0, "R36 it grows: later");
	pass(200);
	ok(intake.offers == 1 && intake.size == 8,
	    "R36 stable size: without any notice");
	answer(ST_OK, "", "");
	write_file("nom.HPR", "H|");
	write_file("nom.ok", "");
	pass(100);
	ok(intake.offers == 2, "R36 witness: at the next look");
	answer(ST_OK, "", "");
	ok(!exists("nom.HPR") && !exists("nom.ok") && w.entries.n == 0,
	    "R36 the witness goes with it");
	write_file("next.HPR", "H|");
	pass(2500);
	pass(2500);
	ok(intake.offers == 2, "R36 who uses witnesses must send one");
	write_file("next.ok", "");
	watch_notice(&w, "next.ok", false);
	ok(intake.offers == 3, "R36 then it is taken");
	answer(ST_INVALID, "no", "");
	ok(!exists("next.ok") && exists("failed/next.HPR"),
	    "R36 refused: its witness goes as well");
}

static void
test_passed_over(void)
{
	begin(0);
	write_file(".hidden", "x");
	write_file("a.tmp", "x");
	write_file("a.part", "x");
	write_file("empty", "");
	write_file("linked", "x");
	(void)!linkat(w.folder.fd, "linked", w.folder.fd, "second", 0);
	(void)!symlinkat("/etc/passwd", w.folder.fd, "symbolic");
	(void)!mkfifoat(w.folder.fd, "pipe", 0600);
	pass(5000);
	pass(5000);
	ok(intake.offers == 0 && w.left_alone == 4,
	    "R36 links, pipes, hidden and unfinished files stay where they are");
	ok(exists("linked") && exists("symbolic") && exists("pipe"),
	    "R36 nobody touches them");
}

static void
test_refused(void)
{
	begin(0);
	drop("a.hl7", "MSH");
	answer(ST_INVALID, "pas de patient / no patient", "");
	ok(!exists("a.hl7") && exists("failed/a.hl7") &&
	    says("failed/a.hl7.error.txt", "no patient"),
	    "R36 refused: in failed with the reason");
	pass(5000);
	pass(5000);
	ok(intake.offers == 1, "R36 and not offered again");
}

static void
test_busy(void)
{
	begin(0);
	drop("a.hl7", "MSH");
	answer(ST_BUSY, "", "");
	ok(exists("a.hl7") && intake.offers == 1, "busy: it stays");
	pass(500);
	ok(intake.offers == 1, "not at once again");
	pass(600);
	ok(intake.offers == 2, "a second later");
	intake.is_gone = true;
	role.peer[ROLE_INTAKE].is_open = false;
	transfer_lost(&w);
	pass(10000);
	ok(exists("a.hl7") && w.file == 0, "intake is gone: it stays");
	intake.is_gone = false;
	role.peer[ROLE_INTAKE].is_open = true;
	watch_go_on(&w);
	ok(intake.offers == 3, "and is offered to the next intake");
	pass(119000);
	ok(intake.drops == 0, "an answer may take long");
	pass(2000);
	ok(intake.drops == 1 && w.file == 0, "but not for ever");
}

static void
test_changed(void)
{
	static char big[3 * WATCH_PART_BYTES];

	begin(0);
	memset(big, 'x', sizeof(big) - 1);
	intake.room = 1;
	drop("a.hl7", big);
	ok(intake.parts == 1 && intake.ends == 0,
	    "a full channel holds the file back");
	write_file("a.hl7", "other");
	intake.is_full = false;
	transfer_pump(&w);
	ok(intake.ends == 0 && intake.drops == 1 && w.file == 0,
	    "R36 written to while it is read: intake must forget it");
	pass(1000);
	pass(2100);
	ok(intake.ends == 1 && intake.size == 5, "R36 and gets it anew");
	write_file("a.hl7", "yet another");
	answer(ST_OK, "", "");
	ok(exists("a.hl7"), "R36 written to before the answer: it stays");
	pass(2100);
	pass(2100);
	ok(intake.offers == 3 && intake.size == 11, "R36 and comes again");
	answer(ST_OK, "", "");
	begin(0);
	drop("a.hl7", big);
	ok(intake.parts == 3 && intake.len == sizeof(big) - 1 &&
	    intake.ends == 1, "parts of 128 KiB");
	answer(ST_OK, "", "");
}

/* The main file first, then what it names; and the other way round. */
static void
test_pieces(void)
{
	begin(60);
	drop("a.json", "{");
	answer(ST_NOT_FOUND, "", "a.pdf");
	ok(intake.drops == 1 && exists("a.json"),
	    "R42 without its PDF a sidecar waits");
	drop("a.pdf", "%PDF-");
	ok(intake.offers == 2 && strcmp(intake.name, "a.json") == 0,
	    "R42 the PDF comes: the sidecar is offered again");
	answer(ST_NOT_FOUND, "", "a.pdf");
	ok(intake.offers == 3 && strcmp(intake.name, "a.pdf") == 0 &&
	    intake.piece == 1 && intake.file == w.file,
	    "R42 and the PDF follows as its piece");
	answer(ST_OK, "", "");
	ok(exists("done/a.json") && exists("done/a.pdf") && w.entries.n == 0,
	    "R42 stored: both leave");
	drop("b.pdf", "%PDF-");
	answer(ST_NOT_FOUND, "", "");
	ok(exists("b.pdf") && intake.drops == 1, "R42 PDF first: it waits");
	pass(3000);
	drop("b.json", "{");
	answer(ST_NOT_FOUND, "", "b.pdf");
	answer(ST_OK, "", "");
	ok(exists("done/b.json") && exists("done/b.pdf"),
	    "R42 order of arrival is irrelevant");
}

static void
test_orphans(void)
{
	begin(0);
	drop("a.json", "{");
	answer(ST_NOT_FOUND, "", "a.pdf");
	drop("b.pdf", "%PDF-");
	answer(ST_NOT_FOUND, "", "");
	pass(599000);
	ok(exists("a.json") && exists("b.pdf"), "R42 orphans wait");
	pass(2000);
	ok(exists("failed/a.json") && says("failed/a.json.error.txt", "a.pdf")
	    && says("failed/a.json.error.txt", "nomme"),
	    "R42 a sidecar without its PDF ends in failed, with the reason");
	ok(exists("failed/b.pdf") &&
	    says("failed/b.pdf.error.txt", "No file named this one"),
	    "R42 a PDF that nobody names, too");
	write_file("lone.ok", "");
	pass(1000);
	pass(600000);
	ok(!exists("lone.ok"), "R36 a witness without its file is removed");
}

static void
test_names_from_intake(void)
{
	static const char *const bad[] = { "../x", "/etc/passwd", "..",
	    "failed/x", "a.json" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		begin(0);
		drop("a.json", "{");
		answer(ST_NOT_FOUND, "", bad[i]);
		ok(exists("failed/a.json") && intake.offers == 1,
		    "R36 a file that names \"%s\" is refused", bad[i]);
	}
	begin(0);
	(void)!symlinkat("/etc/passwd", w.folder.fd, "CR.PDF");
	drop("a.HPR", "H");
	answer(ST_NOT_FOUND, "", "CR.PDF");
	pass(2000);
	pass(2000);
	ok(intake.offers == 1, "R36 a link is not the file that it names");
}

static void
test_too_many(void)
{
	char name[16];

	begin(0);
	drop("a.json", "{");
	for (unsigned i = 0; i < 18; i++) {
		snprintf(name, sizeof(name), "%02u.pdf", i);
		write_file(name, "%PDF-");
	}
	role.loop.time += 1000;
	for (unsigned i = 0; i < 18; i++) {
		snprintf(name, sizeof(name), "%02u.pdf", i);
		watch_notice(&w, name, true);
	}
	for (unsigned i = 0; i < 17 && w.part[0] != NULL && w.file == 1; i++) {
		snprintf(name, sizeof(name), "%02u.pdf", i);
		answer(ST_NOT_FOUND, "", name);
	}
	ok(exists("failed/a.json"), "a file may name 16 others, no more");
	ok(exists("00.pdf"), "these stay, for another one");
}

static void
test_stuck(void)
{
	begin(0);
	drop("a.hl7", "MSH");
	/* As if the disk were full: there is no room for it in done. */
	close(w.folder.done);
	w.folder.done = open("/dev/null", O_RDONLY);
	answer(ST_OK, "", "");
	ok(exists("a.hl7") && w.entries.n == 1,
	    "R36 stored, but it cannot leave: it stays");
	close(w.folder.done);
	w.folder.done = -1;
	role.loop.time += 900;
	watch_go_on(&w);
	ok(intake.offers == 1, "R36 it is not offered again meanwhile");
	pass(200);
	ok(!exists("a.hl7") && intake.offers == 1,
	    "R36 and leaves as soon as it can, without being brought twice");
}

/* Another process begins. */
static void
restart(void)
{
	close(w.folder.fd);
	free(w.entries.all);
	watch_init(&w, &shared, &source);
	pass(100);
}

/* As it is when the process is killed; `is_right`: of these bytes. */
static void
leave_note(const char *name, bool is_right)
{
	struct leaving one = { .name = "" };
	int fd = openat(w.folder.done, ".leaving",
	    O_WRONLY | O_CREAT | O_APPEND, 0600);

	(void)!strcpy(one.name, name);
	folder_look(&w.folder, name, &one.id);
	one.id.inode += !is_right;
	if (fd < 0 || write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
	close(fd);
}

static void
test_restart(void)
{
	begin(0);
	drop("a.hl7", "MSH");
	restart();	/* killed between the answer and the move */
	pass(2000);
	ok(intake.offers == 2, "R36 after a restart it is offered again");
	answer(ST_EXISTS, "", "");
	ok(!exists("a.hl7"), "R36 intake knows it, and it leaves");
	begin(60);
	drop("a.pdf", "%PDF-");
	answer(ST_NOT_FOUND, "", "");
	write_file("b.pdf", "%PDF- of another");
	leave_note("a.pdf", true);
	leave_note("b.pdf", false);
	restart();
	ok(exists("done/a.pdf") && !exists("a.pdf"),
	    "R42 killed while two files leave: the second follows");
	ok(exists("b.pdf"), "R36 but not one that only has its name");
	begin(0);
	write_file("done/left", "x");
	pass(0);
	ok(!exists("done/left"), "R36 what was on its way off the disk goes");
}

int
main(void)
{
	char command[64];

	umask(077);
	if (mkdtemp(root) == NULL)
		return 1;
	role.loop.time = 1000000;
	test_stored();
	test_triggers();
	test_passed_over();
	test_refused();
	test_busy();
	test_changed();
	test_pieces();
	test_orphans();
	test_names_from_intake();
	test_too_many();
	test_stuck();
	test_restart();
	free(w.entries.all);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0)
		return 1;
	return done_testing();
}
