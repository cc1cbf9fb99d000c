#include "crypto/sha_blocks.h"

#include <bearssl.h>
#include <string.h>

#include "base/wipe.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>
#endif

/* See sha_blocks.h. */
void
sha256_blocks_portable(uint32_t state[static 8], const uint8_t *data,
    size_t count)
{
	br_sha256_context c;

	br_sha256_init(&c);
	memcpy(c.val, state, sizeof(c.val));
	br_sha256_update(&c, data, count * SHA_BLOCK_BYTES);
	memcpy(state, c.val, sizeof(c.val));
	wipe(&c, sizeof(c));
}

/* See sha_blocks.h. */
void
sha1_blocks_portable(uint32_t state[static 5], const uint8_t *data,
    size_t count)
{
	br_sha1_context c;

	br_sha1_init(&c);
	memcpy(c.val, state, sizeof(c.val));
	br_sha1_update(&c, data, count * SHA_BLOCK_BYTES);
	memcpy(state, c.val, sizeof(c.val));
	wipe(&c, sizeof(c));
}

#if defined(__x86_64__) || defined(__aarch64__)
/* FIPS 180-4 section 4.2.2. */
static const uint32_t round_constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
#endif

#if defined(__x86_64__)

static bool
find_instructions(void)
{
	unsigned a, b, c, d;
	bool sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1);

	return sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
	    (b & bit_SHA);
}

/*
 * The instructions keep the eight words as two halves, (A B E F) and
 * (C D G H), and do two rounds each; four rounds take one vector of the
 * message schedule, which is made four rounds ahead.
 */
__attribute__((target("sha,sse4.1")))
static void
sha256_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b,
	    0x0405060700010203);
	__m128i badc = _mm_shuffle_epi32(
	    _mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(
	    _mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
	__m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
	__m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);

	for (; count > 0; count--, data += SHA_BLOCK_BYTES) {
		__m128i abef_before = abef, cdgh_before = cdgh, w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128(
			    (const __m128i *)(data + 16 * i)), swap);
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i *w0 = &w[i & 3], w3 = w[(i + 3) & 3];
			__m128i k = _mm_add_epi32(*w0, _mm_loadu_si128(
			    (const __m128i *)(round_constant + 4 * i)));

			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
			abef = _mm_sha256rnds2_epu32(abef, cdgh,
			    _mm_shuffle_epi32(k, 0x0e));
			*w0 = _mm_sha256msg1_epu32(*w0, w[(i + 1) & 3]);
			*w0 = _mm_add_epi32(*w0,
			    _mm_alignr_epi8(w3, w[(i + 2) & 3], 4));
			*w0 = _mm_sha256msg2_epu32(*w0, w3);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	badc = _mm_shuffle_epi32(abef, 0x1b);
	hgfe = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(badc, hgfe, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4),
	    _mm_alignr_epi8(hgfe, badc, 8));
}

/*
 * Four rounds, number `i` of twenty, with function `f` (section 4.1.1).  The
 * instruction wants `f` as a literal, hence no function.  `e` comes from the
 * first word of four rounds before; the message schedule is made four steps
 * ahead.
 */
#define SHA1_STEP(i, f)                                                 \
	do {                                                            \
		__m128i *w0 = &w[(i) & 3];                              \
		__m128i in = (i) == 0 ? _mm_add_epi32(e, *w0)           \
		    : _mm_sha1nexte_epu32(e, *w0);                      \
		                                                        \
		e = abcd;                                               \
		abcd = _mm_sha1rnds4_epu32(abcd, in, f);                \
		*w0 = _mm_sha1msg1_epu32(*w0, w[((i) + 1) & 3]);        \
		*w0 = _mm_xor_si128(*w0, w[((i) + 2) & 3]);             \
		*w0 = _mm_sha1msg2_epu32(*w0, w[((i) + 3) & 3]);        \
	} while (0)
#define SHA1_FIVE_STEPS(i, f)                                           \
	SHA1_STEP(i, f);                                                \
	SHA1_STEP((i) + 1, f);                                          \
	SHA1_STEP((i) + 2, f);                                          \
	SHA1_STEP((i) + 3, f);                                          \
	SHA1_STEP((i) + 4, f)

__attribute__((target("sha,sse4.1")))
static void
sha1_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	const __m128i swap = _mm_set_epi64x(0x0001020304050607,
	    0x08090a0b0c0d0e0f);
	__m128i abcd = _mm_shuffle_epi32(
	    _mm_loadu_si128((const __m128i *)state), 0x1b);
	__m128i e = _mm_insert_epi32(_mm_setzero_si128(), (int)state[4], 3);

	for (; count > 0; count--, data += SHA_BLOCK_BYTES) {
		__m128i abcd_before = abcd, e_before = e, w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128(
			    (const __m128i *)(data + 16 * i)), swap);
		SHA1_FIVE_STEPS(0, 0);
		SHA1_FIVE_STEPS(5, 1);
		SHA1_FIVE_STEPS(10, 2);
		SHA1_FIVE_STEPS(15, 3);
		e = _mm_sha1nexte_epu32(e, e_before);
		abcd = _mm_add_epi32(abcd, abcd_before);
	}
	_mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
	state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

#elif defined(__aarch64__)

static bool
find_instructions(void)
{
	/* HWCAP_SHA1 and HWCAP_SHA2 of Linux's asm/hwcap.h. */
	enum { BOTH = 1 << 5 | 1 << 6 };

	return (getauxval(AT_HWCAP) & BOTH) == BOTH;
}

/* Four rounds a step; the message schedule is made four rounds ahead. */
__attribute__((target("+crypto")))
static void
sha256_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);

	for (; count > 0; count--, data += SHA_BLOCK_BYTES) {
		uint32x4_t abcd_before = abcd, efgh_before = efgh, w[4];

		for (int i = 0; i < 4; i++)
			w[i] = vreinterpretq_u32_u8(
			    vrev32q_u8(vld1q_u8(data + 16 * i)));
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			uint32x4_t *w0 = &w[i & 3], abcd_now = abcd;
			uint32x4_t k = vaddq_u32(*w0,
			    vld1q_u32(round_constant + 4 * i));

			abcd = vsha256hq_u32(abcd, efgh, k);
			efgh = vsha256h2q_u32(efgh, abcd_now, k);
			*w0 = vsha256su1q_u32(
			    vsha256su0q_u32(*w0, w[(i + 1) & 3]),
			    w[(i + 2) & 3], w[(i + 3) & 3]);
		}
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u32(state, abcd);
	vst1q_u32(state + 4, efgh);
}

/* As SHA1_STEP above, `rounds` being the instruction of its function. */
#define SHA1_STEP(i, rounds, constant)                                  \
	do {                                                            \
		uint32x4_t *w0 = &w[(i) & 3];                           \
		uint32x4_t k = vaddq_u32(*w0, vdupq_n_u32(constant));   \
		uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));    \
		                                                        \
		abcd = rounds(abcd, e, k);                              \
		e = next;                                               \
		*w0 = vsha1su1q_u32(vsha1su0q_u32(*w0,                  \
		    w[((i) + 1) & 3], w[((i) + 2) & 3]),                \
		    w[((i) + 3) & 3]);                                  \
	} while (0)
#define SHA1_FIVE_STEPS(i, rounds, constant)                            \
	SHA1_STEP(i, rounds, constant);                                 \
	SHA1_STEP((i) + 1, rounds, constant);                           \
	SHA1_STEP((i) + 2, rounds, constant);                           \
	SHA1_STEP((i) + 3, rounds, constant);                           \
	SHA1_STEP((i) + 4, rounds, constant)

/* The constants are those of FIPS 180-4 section 4.2.1. */
__attribute__((target("+crypto")))
static void
sha1_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	uint32x4_t abcd = vld1q_u32(state);
	uint32_t e = state[4];

	for (; count > 0; count--, data += SHA_BLOCK_BYTES) {
		uint32x4_t abcd_before = abcd, w[4];
		uint32_t e_before = e;

		for (int i = 0; i < 4; i++)
			w[i] = vreinterpretq_u32_u8(
			    vrev32q_u8(vld1q_u8(data + 16 * i)));
		SHA1_FIVE_STEPS(0, vsha1cq_u32, 0x5a827999);
		SHA1_FIVE_STEPS(5, vsha1pq_u32, 0x6ed9eba1);
		SHA1_FIVE_STEPS(10, vsha1mq_u32, 0x8f1bbcdc);
		SHA1_FIVE_STEPS(15, vsha1pq_u32, 0xca62c1d6);
		abcd = vaddq_u32(abcd, abcd_before);
		e += e_before;
	}
	vst1q_u32(state, abcd);
	state[4] = e;
}

#else

static bool
find_instructions(void)
{
	return false;
}

static void
sha256_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	sha256_blocks_portable(state, data, count);
}

static void
sha1_by_instructions(uint32_t *state, const uint8_t *data, size_t count)
{
	sha1_blocks_portable(state, data, count);
}

#endif

/* Asked once: what there is is the machine's, not the call's. */
static bool
has_instructions(void)
{
	static enum { UNKNOWN, ABSENT, PRESENT } answer;

	if (answer == UNKNOWN)
		answer = find_instructions() ? PRESENT : ABSENT;
	return answer == PRESENT;
}

/* See sha_blocks.h. */
void
sha256_blocks(uint32_t state[static 8], const uint8_t *data, size_t count)
{
	if (has_instructions())
		sha256_by_instructions(state, data, count);
	else
		sha256_blocks_portable(state, data, count);
}

/* See sha_blocks.h. */
void
sha1_blocks(uint32_t state[static 5], const uint8_t *data, size_t count)
{
	if (has_instructions())
		sha1_by_instructions(state, data, count);
	else
		sha1_blocks_portable(state, data, count);
}
