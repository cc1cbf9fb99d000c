/*
 * texts.h -- the notices as they are sent, in the two languages of patients.
 *
 * The same bytes for everybody, but for a day code.  Pure.
 * Never: takes anything about a patient but the day code; writes an SMS of
 * more than GSM7_MESSAGE_MAX septets; puts a day code into a mail.
 */
#ifndef COURIER_TEXTS_H
#define COURIER_TEXTS_H

#include "base/span.h"
#include "ipc/outbox.h"

enum {
	TEXTS_NAME_MAX = 64,
	TEXTS_PHONE_MAX = 16,		/* E.164: + and 15 digits */
	TEXTS_MAIL_MAX = 2048
};

/* The laboratory, as its notices name it. */
struct texts {
	char   sms_name[TEXTS_NAME_MAX];	/* the same in each SMS */
	size_t sms_name_len;
	char   sms_phone[TEXTS_PHONE_MAX];	/* digits; 0: none */
	size_t sms_phone_len;
	struct span lab_name, lab_phone;	/* borrowed, for mails */
};

/*
 * `lab_name`, `lab_phone`: of the configuration, borrowed.
 *
 * In an SMS the name is gsm7_name()'s; where it is too long for the longest
 * text, "Laboratoire" and "Laboratory" become "Labo" and "Lab", then words
 * are cut from its end.  The telephone is the number that lab_phone begins
 * with, if any.
 */
void texts_init(struct texts *t, struct span lab_name, struct span lab_phone);

/* Appends an SMS.  `lang` "en..." is English, all else French.  `day_code`:
 * its ten symbols, for NOTICE_DAY_CODE.  ST_OK; ST_INVALID no such notice, or
 * no day code where one belongs, or one where none does; ST_NO_SPACE. */
MUST_CHECK enum status
texts_sms(const struct texts *t, uint64_t notice, struct span lang,
    struct span day_code, struct buf *out);

/* Appends a mail's body (UTF-8, lines end in LF) and says its subject.  ST_OK;
 * ST_INVALID not for a mail (NOTICE_DAY_CODE); ST_NO_SPACE. */
MUST_CHECK enum status
texts_mail(const struct texts *t, uint64_t notice, struct span lang,
    struct span *subject, struct buf *out);

#endif
