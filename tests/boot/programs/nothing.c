/* nothing -- what is started where it matters only that it could be. */
int
main(void)
{
	return 0;
}
