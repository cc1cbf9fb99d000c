/*
 * dead -- stands in for guichetd in the root of a bad release: it ends at once.
 */
int
main(void)
{
	return 1;
}
