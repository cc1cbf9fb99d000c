/*
 * hprim_medecin.h -- an HPRIM Médecin file (3.0, 1997): a letter with a head
 * of twelve lines, cut into its records and lines.  Pure.
 *
 *    1 patient's code      7 birth date dd/mm/yyyy   free text
 *    2 name                8 social security no.     ****LAB****
 *    3 first name          9 file no. (dossier)      TEX|text
 *    4 address            10 date dd/mm/yyyy         RES|label|code|N|value|...
 *    5 address            11 sender: code, name      ****FIN****
 *    6 postcode, town     12 addressee: code, name   ****FINFICHIER****
 *
 * As it is really written: lines end with CR, LF or CRLF, a blank 13th line,
 * blanks in front, tags with more or fewer stars, in small letters or with
 * blanks inside.  What a line means is the caller's.
 */
#ifndef WIRE_HPRIM_MEDECIN_H
#define WIRE_HPRIM_MEDECIN_H

#include "base/span.h"

enum hprim_medecin_line {
	HPRIM_MEDECIN_PATIENT, HPRIM_MEDECIN_NAME, HPRIM_MEDECIN_FIRST_NAME,
	HPRIM_MEDECIN_ADDRESS, HPRIM_MEDECIN_ADDRESS_2, HPRIM_MEDECIN_TOWN,
	HPRIM_MEDECIN_BIRTH, HPRIM_MEDECIN_SOCIAL, HPRIM_MEDECIN_FILE,
	HPRIM_MEDECIN_DATE, HPRIM_MEDECIN_SENDER, HPRIM_MEDECIN_ADDRESSEE,
	HPRIM_MEDECIN_HEAD
};

struct hprim_medecin_record {
	struct span head[HPRIM_MEDECIN_HEAD];	/* without blanks around */
	struct span sender_raw;	/* line 11 as it stands: it has columns */
	struct span text;	/* from line 13 on, with its line ends */
	struct span lab;	/* the lines of ****LAB****; empty: none */
	unsigned line;		/* its first line in the file, from 1 */
};

/* Goes through the records of a file; `file` is borrowed. */
struct hprim_medecin {
	struct span rest;
	unsigned line;		/* of the first byte of `rest` */
	bool closed;		/* a ****FINFICHIER**** was seen */
};

void hprim_medecin_init(struct hprim_medecin *m, struct span file);

/*
 * The next record.
 *
 *   ST_OK
 *   ST_NOT_FOUND  no more; what stands behind ****FINFICHIER**** without an
 *                 end of its own is none
 *   ST_MORE       no ****FIN**** before the end of the file: incomplete
 *   ST_MALFORMED  an end before line 12
 *
 * record->line is set in each case.
 */
MUST_CHECK enum status hprim_medecin_next(struct hprim_medecin *m,
    struct hprim_medecin_record *record);

/* Takes one line off `rest`, without its end; false where nothing is left. */
bool hprim_medecin_take(struct span *rest, struct span *line);

/*
 * A date dd/mm/yyyy or dd/mm/yy; also with `.`, `-` or nothing between.
 * LATELY, two digits are of this century.  Of a BIRTH they are of the last
 * one when they are past this year's; otherwise they do not tell.
 *
 *   ST_OK           `date` is "yyyymmdd"
 *   ST_NOT_FOUND    blank
 *   ST_UNSUPPORTED  two digits that may be of two centuries
 *   ST_MALFORMED
 */
enum hprim_medecin_when { HPRIM_MEDECIN_LATELY, HPRIM_MEDECIN_BORN };
MUST_CHECK enum status hprim_medecin_date(struct span text,
    enum hprim_medecin_when when, int this_year, char date[static 8]);

/* True where twelve lines have dates in their places, or a tag stands
 * somewhere. */
bool hprim_medecin_is(struct span file);

#endif
