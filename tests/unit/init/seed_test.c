#include "init/seed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static uint8_t bytes[SEED_BYTES_MAX];
static char folder[] = "/tmp/guichet-seed-XXXXXX";

/* The archive that these commands make of the folder's files. */
static struct span
archive(const char *commands)
{
	char line[1024], path[64];
	ssize_t n;
	int fd;

	snprintf(line, sizeof(line), "set -e; cd %s; rm -rf f a.tar; mkdir f; "
	    "cd f; %s", folder, commands);
	snprintf(path, sizeof(path), "%s/a.tar", folder);
	if (system(line) != 0 || (fd = open(path, O_RDONLY)) < 0)
		abort();
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	return (struct span){ bytes, n < 0 ? 0 : (size_t)n };
}

static void
clean(void)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -r %s", folder);
	if (system(line) != 0)
		abort();
}

static struct span
file(const struct seed *seed, const char *name)
{
	for (size_t i = 0; i < SEED_FILES; i++)
		if (strcmp(seed_names[i].name, name) == 0)
			return seed->file[i];
	return (struct span){ NULL, 0 };
}

static void
test_tar(void)
{
	static const char *const ways[] = {
		"tar --format=ustar -cf ../a.tar guichet.conf pickup.pem "
		"pickup.key other",
		"tar --format=ustar -cf ../a.tar .",
		"tar --format=gnu -cf ../a.tar .",
		"tar --format=v7 -cf ../a.tar guichet.conf || true; "
		"tar --format=gnu -cf ../a.tar *",
		"tar --format=pax -cf ../a.tar *" };
	char commands[512];
	struct seed seed;

	for (size_t i = 0; i < COUNT(ways); i++) {
		snprintf(commands, sizeof(commands), "echo box.id = x "
		    ">guichet.conf; echo p >pickup.pem; echo k >pickup.key; "
		    "echo o >other; mkdir d; echo n >d/lis.pem; %s", ways[i]);
		ok(seed_read(archive(commands), &seed) == ST_OK &&
		    seed.n == 3 &&
		    span_is(file(&seed, "guichet.conf"), "box.id = x\n") &&
		    span_is(file(&seed, "pickup.key"), "k\n") &&
		    file(&seed, "lis.pem").ptr == NULL, "taken: %.36s", ways[i]);
	}
	ok(seed.skipped > 0, "what is not ours to take is counted");
}

static void
expect(const char *commands, enum status st, const char *what)
{
	struct seed seed;

	ok(seed_read(archive(commands), &seed) == st, "%s", what);
}

static void
test_refused(void)
{
	expect("dd if=/dev/zero of=../a.tar bs=1k count=16 2>/dev/null",
	    ST_NOT_FOUND, "an empty partition");
	expect("echo text >../a.tar", ST_NOT_FOUND, "a few bytes");
	expect("echo p >pickup.pem; tar --format=ustar -cf ../a.tar *",
	    ST_INVALID, "a certificate without its key");
	expect("echo p >lis.key; tar --format=ustar -cf ../a.tar *",
	    ST_INVALID, "a key without its certificate");
	expect(": >guichet.conf; tar --format=ustar -cf ../a.tar *",
	    ST_INVALID, "an empty file");
	expect("head -c 70000 /dev/zero >guichet.conf; "
	    "tar --format=ustar -cf ../a.tar *", ST_TOO_BIG, "too long");
	expect("echo a >guichet.conf; tar --format=ustar -cf ../a.tar "
	    "guichet.conf guichet.conf --hard-dereference", ST_MALFORMED,
	    "a file twice");
}

static void
test_links(void)
{
	struct seed seed;

	ok(seed_read(archive("ln -s /etc/shadow guichet.conf; echo x >y; "
	    "ln y authorities.pem; tar --format=ustar -cf ../a.tar *"), &seed)
	    == ST_OK && file(&seed, "guichet.conf").ptr == NULL,
	    "a link is not a file");
}

/* Every length of a good archive, every byte of its first header. */
static void
test_damage(void)
{
	static uint8_t copy[64 * 1024];
	struct span good = archive("echo a >guichet.conf; echo b "
	    ">authorities.pem; tar --format=ustar -b 4 -cf ../a.tar *");
	unsigned taken = 0;
	struct seed seed;

	/* Two files of one block with a header each, and one of zeroes. */
	for (size_t len = 0; len < 5 * 512; len++)
		taken += seed_read(span_slice(good, 0, len), &seed) == ST_OK;
	ok(taken == 0 && seed_read(span_slice(good, 0, 5 * 512), &seed) ==
	    ST_OK, "an archive that ends early is not taken");
	for (size_t i = 0; i < 512; i++) {
		if (i == 155)
			continue;	/* behind the end of the sum's digits */
		memcpy(copy, good.ptr, good.len);
		copy[i] ^= 0x55;
		taken += seed_read((struct span){ copy, good.len }, &seed) ==
		    ST_OK;
	}
	ok(taken == 0, "no header with a wrong byte is taken");
}

static void
test_sizes(void)
{
	static const char *const sizes[] = { "77777777777", "00000002001",
	    "           ", "0000000-001", "99999999999" };
	static uint8_t copy[64 * 1024];
	struct span good = archive("echo a >guichet.conf; "
	    "tar --format=ustar -b 4 -cf ../a.tar *");
	struct seed seed;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned sum = 0;
		char digits[8];

		memcpy(copy, good.ptr, good.len);
		memcpy(copy + 124, sizes[i], 11);
		memset(copy + 148, ' ', 8);
		for (size_t k = 0; k < 512; k++)
			sum += copy[k];
		snprintf(digits, sizeof(digits), "%06o", sum);
		memcpy(copy + 148, digits, 7);
		ok(seed_read((struct span){ copy, good.len }, &seed) ==
		    ST_MALFORMED, "a size of '%s', well summed", sizes[i]);
	}
}

int
main(void)
{
	if (mkdtemp(folder) == NULL)
		abort();
	test_tar();
	test_refused();
	test_links();
	test_damage();
	test_sizes();
	clean();
	return done_testing();
}
