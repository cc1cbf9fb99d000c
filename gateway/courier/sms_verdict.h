/*
 * sms_verdict.h -- what an SMS gateway's answer means for a notice.  Pure.
 */
#ifndef COURIER_SMS_VERDICT_H
#define COURIER_SMS_VERDICT_H

#include "base/span.h"
#include "ipc/outbox.h"

struct sms_verdict {
	enum outbox_outcome outcome;
	const char *why;		/* our own words, static; "" with DONE */
};

/*
 * `status` 200 to 599 and the start of its body.  `has_worked`: it has taken a
 * message since we began; until then a request that it does not like is put
 * down to the configuration, not to the address.
 */
struct sms_verdict
sms_judge(unsigned status, struct span body, bool has_worked);

#endif
