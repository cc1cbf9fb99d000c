#include "net/tls_pem.h"

#include <bearssl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.h"

static enum status
read_open_file(struct pem_file *f, int fd)
{
	ssize_t n;

	while ((n = read(fd, f->text + f->len, f->max - f->len)) > 0)
		f->len += (size_t)n;
	if (f->len > f->used)
		f->used = f->len;
	if (n < 0)
		return PEM_REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	if (f->len == f->max)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: longer than %zu bytes: "
		    "not a certificate or key", f->path, f->max);
	return ST_OK;
}

/* A key that everybody may read is no secret. */
static enum status
check_mode(struct pem_file *f, int fd)
{
	struct stat s;

	if (fstat(fd, &s) != 0)
		return PEM_REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	if ((s.st_mode & S_IRWXO) != 0)
		return PEM_REFUSE(f, ST_DENIED, "%s: everybody may use this private"
		    " key (mode %03o): chmod 600 it, and replace the key if "
		    "others had access", f->path, (unsigned)s.st_mode & 0777);
	return ST_OK;
}

static enum status
read_file(struct pem_file *f, bool is_secret)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum status st;

	if (fd < 0)
		return PEM_REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	st = is_secret ? check_mode(f, fd) : ST_OK;
	if (st == ST_OK)
		st = read_open_file(f, fd);
	close(fd);
	return st;
}

static void
on_der(void *context, const void *src, size_t len)
{
	struct pem_file *f = context;

	if (buf_append(&f->object, src, len) != ST_OK)
		f->full = true;
}

static enum status
end_object(struct pem_file *f, const char *name, pem_object_fn *on_object)
{
	if (f->full)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: %s is too long", f->path,
		    name);
	TRY(on_object(f, name));
	f->object.len = 0;
	return ST_OK;
}

static enum status
take_event(struct pem_file *f, br_pem_decoder_context *pem, char name[128],
    pem_object_fn *on_object)
{
	switch (br_pem_decoder_event(pem)) {
	case BR_PEM_BEGIN_OBJ:
		snprintf(name, 128, "%s", br_pem_decoder_name(pem));
		br_pem_decoder_setdest(pem, on_der, f);
		return ST_OK;
	case BR_PEM_END_OBJ:
		return end_object(f, name, on_object);
	case BR_PEM_ERROR:
		return PEM_REFUSE(f, ST_MALFORMED, "%s: broken PEM", f->path);
	default:
		return ST_OK;
	}
}

static enum status
each_object(struct pem_file *f, pem_object_fn *on_object)
{
	br_pem_decoder_context pem;
	char name[128] = "";
	size_t at = 0;
	enum status st = ST_OK;

	br_pem_decoder_init(&pem);
	while (st == ST_OK && at < f->len) {
		at += br_pem_decoder_push(&pem, f->text + at, f->len - at);
		st = take_event(f, &pem, name, on_object);
	}
	/* A last line without its end is no line to the decoder. */
	if (st == ST_OK && at > 0 && f->text[at - 1] != '\n') {
		(void)br_pem_decoder_push(&pem, "\n", 1);
		st = take_event(f, &pem, name, on_object);
	}
	wipe(&pem, sizeof(pem));
	return st;
}

/* See tls_pem.h. */
enum status
pem_open(struct pem_file *f, size_t max, void *owner, struct tls_error *error)
{
	*f = (struct pem_file){ .owner = owner, .error = error, .max = max };
	f->text = malloc(max);
	f->object = buf_over(malloc(PEM_OBJECT_MAX), PEM_OBJECT_MAX);
	if (f->text == NULL || f->object.ptr == NULL)
		return PEM_REFUSE(f, ST_IO, "no memory to read certificates");
	return ST_OK;
}

/* See tls_pem.h. */
enum status
pem_read(struct pem_file *f, const char *path, bool is_secret,
    pem_object_fn *on_object)
{
	f->path = path;
	f->len = f->object.len = 0;
	f->full = false;
	TRY(read_file(f, is_secret));
	return each_object(f, on_object);
}

/* See tls_pem.h. */
void
pem_close(struct pem_file *f)
{
	if (f->text != NULL)
		wipe(f->text, f->used);
	if (f->object.ptr != NULL)
		wipe(f->object.ptr, PEM_OBJECT_MAX);
	free(f->text);
	free(f->object.ptr);
}
