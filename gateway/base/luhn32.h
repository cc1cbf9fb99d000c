/*
 * luhn32.h -- Crockford's base32 symbols and their Luhn mod 32 check symbol,
 * for whoever prints or reads a code.
 */
#ifndef BASE_LUHN32_H
#define BASE_LUHN32_H

#include "base/span.h"

enum { LUHN32_SYMBOLS = 32 };

/* Crockford's: no I, L, O, U. */
#define LUHN32_ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/* The value 0..31 of a typed symbol, or -1: forgives case, I and L for 1, O
 * for 0. */
static inline int
luhn32_value(uint8_t symbol)
{
	if (symbol >= 'a' && symbol <= 'z')
		symbol = (uint8_t)(symbol - 'a' + 'A');
	if (symbol == 'I' || symbol == 'L')
		symbol = '1';
	if (symbol == 'O')
		symbol = '0';
	for (int i = 0; i < LUHN32_SYMBOLS; i++)
		if (LUHN32_ALPHABET[i] == (char)symbol)
			return i;
	return -1;
}

/*
 * The check symbol of `symbols`, all of the alphabet.  From the right, every
 * second value is doubled and its two base-32 digits are added.  Doubling so
 * permutes 0..31, hence every single wrong symbol is caught; a swap of
 * neighbours is, unless they are 0 and Z.
 */
static inline char
luhn32_check(struct span symbols)
{
	int sum = 0;
	bool twice = true;

	for (size_t i = symbols.len; i-- > 0; twice = !twice) {
		int value = luhn32_value(symbols.ptr[i]) << twice;

		sum += value / LUHN32_SYMBOLS + value % LUHN32_SYMBOLS;
	}
	return LUHN32_ALPHABET[(LUHN32_SYMBOLS - sum % LUHN32_SYMBOLS) %
	    LUHN32_SYMBOLS];
}

#endif
