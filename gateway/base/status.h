/* status.h -- the one way a function here says that it did not work. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/*
 * The order is part of the inter-process format: messages carry these as
 * numbers (ipc/messages.def).  Add at the end only.
 */
#define STATUS_MAP(X)                                                   \
	X(OK,          "ok")                                            \
	X(MORE,        "more input is needed")                          \
	X(MALFORMED,   "bytes break the format")                        \
	X(TOO_BIG,     "a length is over its stated limit")             \
	X(NO_SPACE,    "the caller's buffer is full")                   \
	X(DENIED,      "the sender may not ask for this")               \
	X(IO,          "the kernel refused")                            \
	X(NOT_FOUND,   "there is no such thing")                        \
	X(EXISTS,      "there is one already")                          \
	X(FORGED,      "a tag, signature or hash does not match")       \
	X(UNSUPPORTED, "well-formed, but not something we take")        \
	X(BUSY,        "not now; try again")                            \
	X(THROTTLED,   "too many attempts; try later")                  \
	X(EXPIRED,     "its time window has closed")                    \
	X(DISK_FULL,   "no space left on the data partition")           \
	X(CORRUPT,     "stored data fails its own checks")              \
	X(INVALID,     "a value is outside what is allowed")

enum status {
#define X(name, text) ST_##name,
	STATUS_MAP(X)
#undef X
	ST_COUNT
};

/* Returns the text of `st`; static storage, never NULL. */
const char *status_text(enum status st);

/* Every function that returns enum status carries this. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Propagates a failure to the caller.  Only where nothing is owned yet. */
#define TRY(call)                                                       \
	do {                                                            \
		enum status try_st_ = (call);                           \
		if (try_st_ != ST_OK)                                   \
			return try_st_;                                 \
	} while (0)

/* Elements of an array (never of a pointer). */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
