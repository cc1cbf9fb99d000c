#include "init/seed.h"

/* As the configuration of an appliance names them: /data/etc/<name>. */
const struct seed_name seed_names[SEED_FILES] = {
	{ "guichet.conf",    64 * 1024,  NULL },
	{ "pickup.pem",      64 * 1024,  "pickup.key" },
	{ "pickup.key",      16 * 1024,  "pickup.pem" },
	{ "lis.pem",         64 * 1024,  "lis.key" },
	{ "lis.key",         16 * 1024,  "lis.pem" },
	{ "lis-clients.pem", 256 * 1024, NULL },
	{ "authorities.pem", 512 * 1024, NULL },
};

enum {
	BLOCK = 512,
	AT_NAME = 0, NAME_MAX_BYTES = 100, AT_SIZE = 124, SIZE_DIGITS = 12,
	AT_SUM = 148, SUM_DIGITS = 8, AT_TYPE = 156, AT_MAGIC = 257,
	AT_PREFIX = 345
};

static bool
is_zero(struct span block)
{
	for (size_t i = 0; i < block.len; i++)
		if (block.ptr[i] != 0)
			return false;
	return true;
}

/* Octal digits with leading blanks, ended by a blank, a NUL or the field. */
static enum status
octal(struct span field, uint64_t *value)
{
	size_t i = 0, digits = 0;

	*value = 0;
	while (i < field.len && field.ptr[i] == ' ')
		i++;
	for (; i < field.len && field.ptr[i] >= '0' && field.ptr[i] <= '7';
	    i++, digits++)
		*value = *value << 3 | (uint64_t)(field.ptr[i] - '0');
	if (digits == 0 || (i < field.len && field.ptr[i] != ' ' &&
	    field.ptr[i] != '\0'))
		return ST_MALFORMED;
	return ST_OK;
}

/* Of the header's bytes, its own field taken as blanks. */
static enum status
check_sum(struct span header)
{
	uint64_t said, sum = 0;

	TRY(octal(span_slice(header, AT_SUM, SUM_DIGITS), &said));
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + SUM_DIGITS ? ' '
		    : header.ptr[i];
	return sum == said ? ST_OK : ST_MALFORMED;
}

static bool
has_magic(struct span header)
{
	static const char magic[] = "ustar";

	return memcmp(header.ptr + AT_MAGIC, magic, sizeof(magic) - 1) == 0;
}

/* Without "./" in front, which tar puts there for a folder's files. */
static struct span
name_of(struct span header)
{
	struct span name = span_slice(header, AT_NAME, NAME_MAX_BYTES);
	const uint8_t *end = memchr(name.ptr, '\0', name.len);

	if (end != NULL)
		name.len = (size_t)(end - name.ptr);
	if (name.len > 2 && name.ptr[0] == '.' && name.ptr[1] == '/')
		name = span_slice(name, 2, name.len);
	return name;
}

static bool
is_plain_file(struct span header)
{
	uint8_t type = header.ptr[AT_TYPE];

	return (type == '0' || type == '\0') && header.ptr[AT_PREFIX] == '\0';
}

static enum status
take(struct span header, struct span bytes, struct seed *out)
{
	struct span name = name_of(header);

	for (size_t i = 0; is_plain_file(header) && i < SEED_FILES; i++) {
		if (!span_is(name, seed_names[i].name))
			continue;
		if (out->file[i].ptr != NULL)
			return ST_MALFORMED;
		if (bytes.len > seed_names[i].most)
			return ST_TOO_BIG;
		if (bytes.len == 0)
			return ST_INVALID;
		out->file[i] = bytes;
		out->n++;
		return ST_OK;
	}
	out->skipped++;
	return ST_OK;
}

/* One header with its bytes. */
static enum status
next(struct span *archive, struct seed *out)
{
	struct span header = span_slice(*archive, 0, BLOCK);
	uint64_t size, padded;

	if (!has_magic(header))
		return ST_MALFORMED;
	TRY(check_sum(header));
	TRY(octal(span_slice(header, AT_SIZE, SIZE_DIGITS), &size));
	padded = (size + BLOCK - 1) / BLOCK * BLOCK;
	if (padded > archive->len - BLOCK)
		return ST_MALFORMED;
	TRY(take(header, span_slice(*archive, BLOCK, (size_t)size), out));
	*archive = span_slice(*archive, BLOCK + (size_t)padded, archive->len);
	return ST_OK;
}

static bool
has(const struct seed *seed, const char *name)
{
	for (size_t i = 0; i < SEED_FILES; i++)
		if (strcmp(seed_names[i].name, name) == 0)
			return seed->file[i].ptr != NULL;
	return false;
}

/* See seed.h.  An archive ends with a block of zeroes, the first of two. */
enum status
seed_read(struct span archive, struct seed *out)
{
	*out = (struct seed){ 0 };
	if (archive.len < BLOCK || !has_magic(archive))
		return ST_NOT_FOUND;
	while (archive.len >= BLOCK && !is_zero(span_slice(archive, 0, BLOCK)))
		TRY(next(&archive, out));
	if (archive.len < BLOCK)
		return ST_MALFORMED;
	for (size_t i = 0; i < SEED_FILES; i++)
		if (out->file[i].ptr != NULL && seed_names[i].with != NULL &&
		    !has(out, seed_names[i].with))
			return ST_INVALID;
	return ST_OK;
}
