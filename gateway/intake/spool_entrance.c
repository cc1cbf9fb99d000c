#include "intake/spool_entrance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "input/kinds.h"
#include "intake/refusals.h"
#include "intake/region.h"
#include "wire/hl7.h"

/* Files on their way, all together. */
#define FILES_BYTES ((size_t)96 * 1024 * 1024)

enum {
	PARTS_MAX = 1 + INPUT_PIECES_MAX,
	NAME_MAX_BYTES = 255,		/* SPOOL_OFFER.name */
	TEXT_BYTES = 4096,		/* SPOOL_ANSWER.text */
	VT = 0x0b, FS = 0x1c		/* MLLP's, where they were kept */
};

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_HELD, SLOT_DELIVERING };

/* The file itself, or one that it names. */
struct part {
	struct region region;
	size_t  size, len;		/* promised, and here */
	uint8_t name[NAME_MAX_BYTES];
	size_t  name_len;
};

struct slot {
	struct delivery delivery;
	enum slot_state state;
	uint64_t file;			/* the spool's number */
	const struct config_source *source;
	struct ticket ticket;
	struct part part[PARTS_MAX];
	unsigned n_parts;
	struct input_piece pieces[INPUT_PIECES_MAX];
	const struct input_kind *kind;
	struct span rest;		/* HL7: messages still to come */
	/* What became of its messages so far. */
	unsigned message, stored, known, refused;
	bool is_inside, has_ended;	/* of delivery_start() */
	char text[TEXT_BYTES];
	size_t text_len;
};

static struct {
	struct intake *in;
	struct budget files;
	struct slot *slots;
	unsigned n;
} spool;

/* --- memory ---------------------------------------------------------------- */

static void
clear(struct slot *s)
{
	for (unsigned i = 0; i < s->n_parts; i++) {
		region_release(&s->part[i].region, s->part[i].len);
		wipe(s->part[i].name, sizeof(s->part[i].name));
		s->part[i] = (struct part){ 0 };
	}
	wipe(s->text, sizeof(s->text));
	budget_leave(&spool.files, &s->ticket);
	s->n_parts = 0;
	s->state = SLOT_FREE;
	s->file = 0;
}

/* Who gets no memory now is told so, and comes again: it never waits here. */
static bool
has_room(struct slot *s, size_t size)
{
	if (budget_take(&spool.files, &s->ticket, size))
		return true;
	budget_leave(&spool.files, &s->ticket);
	return false;
}

static enum status
add_part(struct slot *s, const struct msg_spool_offer *o)
{
	struct part *p = &s->part[s->n_parts];

	if (o->name.len == 0 || !has_room(s, (size_t)o->size))
		return ST_BUSY;
	TRY(region_reserve(&p->region, (size_t)o->size));
	p->size = (size_t)o->size;
	p->len = 0;
	memcpy(p->name, o->name.ptr, o->name.len);
	p->name_len = o->name.len;
	s->n_parts++;
	s->state = SLOT_FILLING;
	return ST_OK;
}

/* --- answers --------------------------------------------------------------- */

static void
answer(uint64_t file, enum status outcome, struct span text, struct span wants)
{
	struct message m = { .id = MSG_SPOOL_ANSWER, .spool_answer = {
	    .file = file, .outcome = (uint64_t)outcome, .text = text,
	    .wants = wants } };

	/* The spool is gone, or will ask again when it hears nothing. */
	if (role_send(spool.in->role, ROLE_SPOOL, &m) != ST_OK)
		log_line(LOG_DEBUG, "the spool did not take an answer");
}

/* The last word about a file. */
static void
close_slot(struct slot *s, enum status outcome)
{
	uint64_t file = s->file;
	struct span text = { (const uint8_t *)s->text, s->text_len };

	answer(file, outcome, outcome == ST_INVALID || outcome == ST_TOO_BIG
	    ? text : (struct span){ 0 }, (struct span){ 0 });
	clear(s);
	intake_idle(spool.in);
}

__attribute__((format(printf, 2, 3)))
static void
say(struct slot *s, const char *format, ...)
{
	size_t room = sizeof(s->text) - s->text_len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->text + s->text_len, room, format, args);
	va_end(args);
	if (n > 0)
		s->text_len += (size_t)n < room ? (size_t)n : room - 1;
}

static void
refuse(struct slot *s, enum status outcome, const char *french,
    const char *english)
{
	s->text_len = 0;
	say(s, "%s\n\n%s\n", french, english);
	spool.in->now.refused++;
	close_slot(s, outcome);
}

/* --- what became of a message ---------------------------------------------- */

/* HL70357, for whoever does not read English. */
static const char *
french_of(unsigned error)
{
	static const struct {
		unsigned error;
		const char *french;
	} row[] = {
		{ 100, "segments dans un ordre inattendu" },
		{ 101, "un champ obligatoire manque" },
		{ 102, "type de donnée incorrect" },
		{ 103, "valeur absente de la table" },
		{ 104, "valeur ou message trop long" },
		{ 198, "nombre d'occurrences incorrect" },
		{ 200, "type de message non pris en charge" },
		{ 201, "événement non pris en charge" },
		{ 202, "identifiant de traitement (MSH-11) refusé" },
		{ 203, "version non prise en charge" },
		{ 204, "compte rendu inconnu" },
		{ 205, "valeurs contradictoires" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (row[i].error == error)
			return row[i].french;
	return "message refusé";
}

static void
explain_hl7(struct slot *s)
{
	struct hl7_ack_reply reply = s->delivery.parsed.reply;
	uint8_t words[256];	/* our own, not secret */
	struct buf text = buf_over(words, sizeof(words));

	/* A withdrawal of what never came is found out after parsing. */
	if (reply.code == HL7_AA || reply.code == HL7_CA)
		reply = (struct hl7_ack_reply){ .code = HL7_AE, .error = 204,
		    .text = "no such report to withdraw" };
	refusal_words(&reply, &text);
	say(s, "message %u : %s / %.*s\n", s->message, french_of(reply.error),
	    (int)text.len, (const char *)text.ptr);
}

static void
count_refused(struct slot *s, struct span words)
{
	if (s->refused++ == 0)
		say(s, "Refusé, ne sera pas représenté de lui-même (%s).\n"
		    "Refused, will not be tried again by itself.\n\n",
		    s->kind->name);
	if (s->kind == &input_hl7)
		explain_hl7(s);
	else
		say(s, "%.*s\n", (int)words.len, (const char *)words.ptr);
}

static void
count_unreadable(struct slot *s)
{
	if (s->refused++ == 0)
		say(s, "Refusé.\nRefused.\n\n");
	say(s, "message %u : rien à enregistrer, ou illisible / nothing to "
	    "store, or unreadable\n", s->message);
}

static void
finish(struct slot *s)
{
	if (s->message == 0) {
		refuse(s, ST_INVALID, "Ce fichier ne contient aucun message.",
		    "There is no message in this file.");
		return;
	}
	if (s->refused > 0 && s->stored + s->known > 0)
		say(s, "\nLes autres messages du fichier (%u) sont "
		    "enregistrés.\nThe other messages of the file (%u) are "
		    "stored.\n", s->stored + s->known, s->stored + s->known);
	if (s->refused > 0)
		close_slot(s, ST_INVALID);
	else
		close_slot(s, s->stored > 0 ? ST_OK : ST_EXISTS);
}

static void
want(struct slot *s, struct span name)
{
	if (s->n_parts == PARTS_MAX) {
		refuse(s, ST_INVALID, "Ce fichier en nomme trop d'autres.",
		    "This file names too many others.");
		return;
	}
	s->state = SLOT_HELD;
	answer(s->file, ST_NOT_FOUND, (struct span){ 0 }, name);
}

/* --- delivering ------------------------------------------------------------ */

static struct slot *
slot_of(void *owner)
{
	return owner;
}

static bool
next_message(struct slot *s, struct span *message)
{
	if (s->kind != &input_hl7) {
		*message = s->rest;
		s->rest = (struct span){ 0 };
		return message->len > 0;
	}
	return s->rest.len > 0 &&
	    hl7_next_message(&s->rest, message) == ST_OK;
}

/* A loop, not a recursion: a message may end inside delivery_start(), and a
 * file may have as many as fit. */
static void
go_on(struct slot *s)
{
	struct span message;

	while (s->state == SLOT_DELIVERING) {
		struct input input = { .kind = s->kind, .source = s->source,
		    .name = { s->part[0].name, s->part[0].name_len },
		    .pieces = s->pieces, .n_pieces = s->n_parts - 1 };

		if (!next_message(s, &message)) {
			finish(s);
			return;
		}
		input.bytes = message;
		s->message++;
		s->has_ended = false;
		s->is_inside = true;
		delivery_start(&s->delivery, &input);
		s->is_inside = false;
		if (!s->has_ended)
			return;
	}
}

/* The bytes stay until the file is answered: there may be other messages in
 * them, and the parser may ask for a piece. */
static void
on_frame_done(void *owner)
{
	(void)owner;
}

static void
on_end(void *owner, enum delivery_end how, struct span ack)
{
	struct slot *s = slot_of(owner);

	if (how == DELIVERY_UNREADABLE)
		spool.in->now.refused++;	/* no connection was closed */
	else
		intake_ended(spool.in, how);
	s->has_ended = true;
	if (s->state != SLOT_DELIVERING)
		return;		/* dropped meanwhile */
	switch (how) {
	case DELIVERY_ACK:
	case DELIVERY_SILENT:
		s->stored++;
		break;
	case DELIVERY_REPLAYED:
		s->known++;
		break;
	case DELIVERY_REFUSED:
		count_refused(s, ack);
		break;
	case DELIVERY_IGNORED:
	case DELIVERY_UNREADABLE:
		count_unreadable(s);
		break;
	case DELIVERY_WANTS:
		want(s, ack);
		break;
	case DELIVERY_TRANSIENT:
	case DELIVERY_POSTPONED:
		close_slot(s, ST_BUSY);
		break;
	}
	if (!s->is_inside)
		go_on(s);
}

static const struct delivery_owner delivery_owner = {
	.on_frame_done = on_frame_done,
	.on_end = on_end,
};

static struct span
bytes_of(const struct part *p)
{
	return (struct span){ p->region.ptr, p->len };
}

/* Framing that was kept with the messages becomes line ends. */
static void
unframe(struct part *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->region.ptr[i] == VT || p->region.ptr[i] == FS)
			p->region.ptr[i] = '\r';
}

static void
deliver(struct slot *s)
{
	enum status st = kinds_find(s->source, bytes_of(&s->part[0]),
	    &s->kind);

	if (st == ST_NOT_FOUND) {
		close_slot(s, ST_NOT_FOUND);
		return;
	}
	if (st != ST_OK) {
		refuse(s, ST_INVALID,
		    "Ce fichier n'est d'aucun format connu (HL7 v2, HPRIM, "
		    "FHIR, fiche JSON), ou pas de celui de sa source (format).",
		    "This file is of no known format (HL7 v2, HPRIM, FHIR, "
		    "JSON sidecar), or not of its source's (format).");
		return;
	}
	if (s->kind == &input_hl7)
		unframe(&s->part[0]);
	for (unsigned i = 1; i < s->n_parts; i++)
		s->pieces[i - 1] = (struct input_piece){
		    .name = { s->part[i].name, s->part[i].name_len },
		    .bytes = bytes_of(&s->part[i]) };
	s->rest = bytes_of(&s->part[0]);
	s->message = s->stored = s->known = s->refused = 0;
	s->text_len = 0;
	s->state = SLOT_DELIVERING;
	go_on(s);
}

/* --- the spool's messages -------------------------------------------------- */

static struct slot *
find(uint64_t file)
{
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.slots[i].state != SLOT_FREE &&
		    spool.slots[i].file == file)
			return &spool.slots[i];
	return NULL;
}

static struct slot *
find_free(void)
{
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.slots[i].state == SLOT_FREE &&
		    spool.slots[i].delivery.state == DELIVERY_IS_IDLE)
			return &spool.slots[i];
	return NULL;
}

/* The spool may speak for a source that has a folder, and for no other: who
 * took it over has no certificate of a LIS. */
static const struct config_source *
find_source(struct span name)
{
	const struct config *config = &spool.in->role->config;

	for (unsigned i = 0; i < config->n_sources; i++)
		if (span_is(name, config->source[i].name) &&
		    config->source[i].folder[0] != '\0')
			return &config->source[i];
	return NULL;
}

static void
refuse_big(uint64_t file)
{
	static const char text[] =
	    "Fichier plus long que mllp.frame_max.\n\n"
	    "File longer than mllp.frame_max.\n";

	spool.in->now.refused++;
	answer(file, ST_TOO_BIG, span_of(text), (struct span){ 0 });
}

static void
on_first(const struct msg_spool_offer *o)
{
	const struct config_source *source = find_source(o->source);
	struct slot *s = spool.in->is_stopping ? NULL : find_free();

	if (o->size > spool.in->role->config.frame_bytes_max) {
		refuse_big(o->file);
		return;
	}
	if (s == NULL || source == NULL) {
		answer(o->file, ST_BUSY, (struct span){ 0 },
		    (struct span){ 0 });
		return;
	}
	s->file = o->file;
	s->source = source;
	s->text_len = 0;
	if (add_part(s, o) != ST_OK)
		close_slot(s, ST_BUSY);
}

static void
on_offer(const struct msg_spool_offer *o)
{
	struct slot *s = find(o->file);

	if (o->piece == 0 && s == NULL) {
		on_first(o);
	} else if (s != NULL && s->state == SLOT_HELD &&
	    o->piece == s->n_parts) {
		if (o->size > spool.in->role->config.frame_bytes_max)
			refuse(s, ST_TOO_BIG, "Une pièce jointe est plus "
			    "longue que mllp.frame_max.", "An attachment is "
			    "longer than mllp.frame_max.");
		else if (add_part(s, o) != ST_OK)
			close_slot(s, ST_BUSY);
	}
}

static void
on_part(const struct msg_spool_part *m)
{
	struct slot *s = find(m->file);
	struct part *p;

	if (s == NULL || s->state != SLOT_FILLING)
		return;		/* of a file that is answered already */
	p = &s->part[s->n_parts - 1];
	if (m->data.len > p->size - p->len) {
		close_slot(s, ST_BUSY);
		return;
	}
	memcpy(p->region.ptr + p->len, m->data.ptr, m->data.len);
	p->len += m->data.len;
	/* Nothing by itself: no need to bring it whole. */
	if (s->n_parts == 1 && kinds_is_attachment(bytes_of(p)))
		close_slot(s, ST_NOT_FOUND);
}

static void
on_whole(uint64_t file)
{
	struct slot *s = find(file);

	if (s == NULL || s->state != SLOT_FILLING)
		return;
	if (s->part[s->n_parts - 1].len != s->part[s->n_parts - 1].size) {
		close_slot(s, ST_BUSY);
		return;
	}
	s->state = SLOT_HELD;
	deliver(s);
}

/* Without an answer: no longer DELIVERING, it has nobody to tell. */
static void
forget(struct slot *s)
{
	bool delivers = s->state == SLOT_DELIVERING;

	s->state = SLOT_HELD;
	if (delivers)
		delivery_fail(&s->delivery);
	clear(s);
	intake_idle(spool.in);
}

/* See spool_entrance.h. */
void
spool_take(struct intake *in, const struct message *m)
{
	struct slot *s;

	(void)in;
	switch (m->id) {
	case MSG_SPOOL_OFFER:
		on_offer(&m->spool_offer);
		break;
	case MSG_SPOOL_PART:
		on_part(&m->spool_part);
		break;
	case MSG_SPOOL_END:
		on_whole(m->spool_end.file);
		break;
	default:
		s = find(m->spool_drop.file);
		if (s != NULL)
			forget(s);
	}
}

/* See spool_entrance.h. */
void
spool_lost(struct intake *in)
{
	(void)in;
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.slots[i].state != SLOT_FREE)
			forget(&spool.slots[i]);
}

/* --- the entrance ---------------------------------------------------------- */

static void
open_entrance(struct intake *in)
{
	spool.in = in;
	budget_init(&spool.files, FILES_BYTES, 0);
	spool.n = in->role->config.n_sources;
	spool.slots = calloc(spool.n, sizeof(*spool.slots));
	if (spool.slots == NULL)
		role_refuse("no memory for the files of %u sources", spool.n);
	for (unsigned i = 0; i < spool.n; i++) {
		spool.slots[i].ticket.owner = &spool.slots[i];
		if (deliveries_add(&in->deliveries, &spool.slots[i].delivery,
		    &delivery_owner, &spool.slots[i]) != ST_OK)
			role_refuse("mllp.connections_max is too high");
	}
}

static void
stop(struct intake *in)
{
	(void)in;
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.slots[i].state == SLOT_FILLING ||
		    spool.slots[i].state == SLOT_HELD)
			forget(&spool.slots[i]);
}

static bool
is_idle(const struct intake *in)
{
	(void)in;
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.slots[i].state != SLOT_FREE)
			return false;
	return true;
}

/* See intake.h. */
const struct entrance spool_entrance = {
	.open = open_entrance,
	.stop = stop,
	.is_idle = is_idle,
};
