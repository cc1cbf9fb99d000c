/* What the desk wants hashed with intake's key: the traits of the patient
 * whose order a card is made for; see intake.h. */
#include "input/fold.h"
#include "intake/identity.h"
#include "intake/intake.h"

#include "base/log.h"
#include "wire/hl7_time.h"

enum { DATE_LEN = 10 };		/* "1979-03-28" */

/* A day that there was; without it no result could ever match. */
static bool
is_date(struct span text)
{
	uint8_t digits[DATE_LEN - 2];
	struct hl7_time time;

	if (text.len != DATE_LEN || text.ptr[4] != '-' || text.ptr[7] != '-')
		return false;
	memcpy(digits, text.ptr, 4);
	memcpy(digits + 4, text.ptr + 5, 2);
	memcpy(digits + 6, text.ptr + 8, 2);
	return hl7_time_read((struct span){ digits, sizeof(digits) }, &time) ==
	    ST_OK && time.precision == HL7_DAY && !time.has_offset;
}

static bool
has_letters(struct span text)
{
	uint8_t letters[FOLD_MOST];

	while (text.len > 0)
		if (fold_next(&text, letters) > 0)
			return true;
	return false;
}

/* See intake.h. */
void
intake_on_traits(struct role *role, const struct message *m)
{
	const struct msg_traits_get *get = &m->traits_get;
	uint8_t traits[32] = { 0 };
	struct message answer = { .id = MSG_TRAITS, .traits = {
	    .request = get->request, .outcome = ST_INVALID,
	    .traits = { traits, sizeof(traits) } } };

	if (is_date(get->birth_date) && has_letters(get->birth_name)) {
		identity_traits(get->birth_name, get->birth_date,
		    intake_of_role(role)->key, traits);
		answer.traits.outcome = ST_OK;
	}
	/* A desk that is gone asks again; one that is full will be told so. */
	if (role_send(role, ROLE_DESK, &answer) != ST_OK)
		log_line(LOG_WARNING, "the desk does not take its answer");
}
